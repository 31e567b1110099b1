using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>
/// No rule has anything to say about the samples, as they stand in the repository: the shop sees its contracts in source, as in an
/// editor. With offences planted beside them, each rule has.
/// </summary>
public sealed class RealSourcesTests
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = """
        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>What a project of contracts has at hand.</summary>
    private static readonly ImmutableArray<MetadataReference> Abstractions =
    [
        .. Library.References.Where(reference => Path.GetFileName(reference.Display) != "Asynq.Typed.dll"),
    ];

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. Library.References
            .Append(MetadataReference.CreateFromFile(typeof(EmbeddedServer).Assembly.Location))
            .Concat(Directory
                .EnumerateFiles(Path.GetDirectoryName(typeof(WebApplication).Assembly.Location)!, "Microsoft.*.dll")
                .Select(path => MetadataReference.CreateFromFile(path)))
            .DistinctBy(reference => Path.GetFileName(reference.Display)),
    ];

    private static readonly Lazy<ImmutableArray<Compilation>> Samples = new(() => [.. Compile()]);

    private static readonly Lazy<Task<ImmutableArray<Diagnostic>>> Reported = new(() => AnalyzeAsync(Samples.Value));

    private static readonly Lazy<Task<ImmutableArray<Diagnostic>>> Planted = new(() => AnalyzeAsync(
        [Offences.Generate(Plain(Compile("Shop.Contracts", "", References)).AddSyntaxTrees(
            Offences.Compile([]).SyntaxTrees.Skip(1).Append(CSharpSyntaxTree.ParseText(Library.AsynqUsings, Library.Language, "AsynqUsings.cs"))))]));

    public static TheoryData<string> Ids { get; } = [.. Assemblies.Rules.Select(rule => rule.Id)];

    [Fact]
    public void The_samples_compile()
    {
        Assert.Equal(Directory.GetFiles(Repository.PathOf("samples"), "*.csproj", SearchOption.AllDirectories).Length, Samples.Value.Length);
        Assert.All(Samples.Value, sample => Assert.DoesNotContain(
            sample.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_samples_give_no_alarm(string id) =>
        Assert.DoesNotContain(await Reported.Value, diagnostic => diagnostic.Id == id);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_offence_beside_them_gives_one(string id)
    {
        var reported = id == Offences.Environment
            ? await AnalyzeAsync([Compile("Shop.Contracts", "", Abstractions, Library.Language.WithLanguageVersion(LanguageVersion.CSharp12))])
            : await Planted.Value;

        Assert.Contains(reported, diagnostic => diagnostic.Id == id);
    }

    private static IEnumerable<Compilation> Compile()
    {
        var contracts = Compile("Shop.Contracts", "", Abstractions);
        yield return contracts;
        yield return Compile("Shop", WebUsings, References.Append(contracts.ToMetadataReference()));
        yield return Compile("Quickstart", "", References);
    }

    private static Compilation Compile(
        string project, string usings, IEnumerable<MetadataReference> references, CSharpParseOptions? language = null)
    {
        var files = Directory.GetFiles(Repository.PathOf("samples", project), "*.cs")
            .Select(path => (Path: path, Text: File.ReadAllText(path)))
            .Append((Path: "Usings.cs", Text: Usings + "\n" + usings));
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(file.Text, language ?? Library.Language, file.Path)).ToList();
        var kind = File.Exists(Repository.PathOf("samples", project, "Program.cs"))
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        return Offences.Generate(CSharpCompilation.Create(project, trees, references, Library.Options.WithOutputKind(kind)));
    }

    /// <summary>A sample without what was generated for it.</summary>
    private static CSharpCompilation Plain(Compilation sample) => (CSharpCompilation)sample.RemoveSyntaxTrees(
        sample.SyntaxTrees.Where(tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)));

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(IEnumerable<Compilation> compilations)
    {
        var reported = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var compilation in compilations)
        {
            reported.AddRange(await Analysis.RunAsync(compilation));
        }

        return reported.ToImmutable();
    }
}

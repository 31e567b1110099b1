using System.Collections.Immutable;
using Asynq.Typed.Generators;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>What a test compilation is compiled against: the real assemblies.</summary>
internal static class Library
{
    internal const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    internal const string AsynqUsings = "global using Asynq.Typed;";

    /// <summary>The framework itself comes as references, so that no package is fetched.</summary>
    internal static readonly ReferenceAssemblies Framework = new("net10.0");

    internal static readonly ImmutableArray<MetadataReference> FrameworkReferences = [.. Net100.References.All];

    internal static readonly MetadataReference Runtime = Reference(typeof(AsynqBuilder));

    internal static readonly ImmutableArray<MetadataReference> References =
    [
        .. FrameworkReferences,
        Reference(typeof(AsynqTaskAttribute)),
        Runtime,
        Reference(typeof(MessagePack.MessagePackWriter)),
        Reference(typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection)),
        Reference(typeof(Microsoft.Extensions.DependencyInjection.IHealthChecksBuilder)),
        Reference(typeof(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus)),
        Reference(typeof(StackExchange.Redis.IConnectionMultiplexer)),
    ];

    internal static readonly CSharpParseOptions Language =
        new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    internal static readonly CSharpCompilationOptions Options =
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    /// <summary>Parses a source beside the usings of all tests, into a compilation that the generator has not seen.</summary>
    internal static CSharpCompilation Parse(
        string name, string source, CancellationToken cancellationToken, CSharpParseOptions? language = null) =>
        CSharpCompilation.Create(
            name,
            [
                CSharpSyntaxTree.ParseText(Usings + AsynqUsings, language ?? Language, cancellationToken: cancellationToken),
                CSharpSyntaxTree.ParseText(source, language ?? Language, cancellationToken: cancellationToken),
            ],
            References,
            Options);

    /// <summary>Compiles an assembly, with what the generator adds.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">Its source.</param>
    /// <param name="asReference">Whether to compile what a project reference is compiled against.</param>
    /// <param name="isContracts">Whether the assembly has the contracts at hand, and not the runtime.</param>
    internal static MetadataReference Compile(string name, string source, bool asReference = false, bool isContracts = false)
    {
        var parsed = Parse(name, source, CancellationToken.None);
        CSharpGeneratorDriver
            .Create([new AsynqGenerator().AsSourceGenerator()], parseOptions: Language)
            .RunGeneratorsAndUpdateCompilation(
                isContracts ? parsed.RemoveReferences(Runtime) : parsed, out var compilation, out _);
        using var image = new MemoryStream();
        var result = compilation.Emit(
            image, options: asReference ? new EmitOptions(metadataOnly: true, includePrivateMembers: false) : null);
        return result.Success
            ? MetadataReference.CreateFromImage(image.ToArray())
            : throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    }

    private static PortableExecutableReference Reference(Type type) =>
        MetadataReference.CreateFromFile(type.Assembly.Location);
}

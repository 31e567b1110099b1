using System.Collections.Immutable;
using Asynq.Typed.Generators.Parsing;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>
/// Runs the generator. Every test goes through here, so every test also fails on an error or warning in what is
/// generated, and on a step that an unrelated file makes run again. The language is the oldest that is generated for.
/// </summary>
internal sealed class GeneratorTest
{
    private const int MaxWidth = 120;

    private static readonly CSharpParseOptions ParseOptions =
        new(GenerationFloor.Language, DocumentationMode.Diagnose);

    private static readonly CSharpCompilationOptions CompilationOptions =
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
            .WithNullableContextOptions(NullableContextOptions.Enable)
            .WithAllowUnsafe(true)
            .WithWarningLevel(9999);

    private static readonly ImmutableArray<MetadataReference> Contracts =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(AsynqTaskAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(MessagePack.KeyAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(MessagePack.MessagePackReader).Assembly.Location),
    ];

    private static readonly ImmutableArray<MetadataReference> Runtime =
    [
        .. Contracts,
        MetadataReference.CreateFromFile(typeof(HandlerModule).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(IServiceCollection).Assembly.Location),
    ];

    private GeneratorTest(CSharpCompilation compilation, GeneratorDriver driver, bool expectsUserErrors)
    {
        Driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        Compilation = compilation;
        Output = output;
        Assert.Empty(diagnostics);
        Assert.Null(Driver.GetRunResult().Results[0].Exception);
        AssertClean(expectsUserErrors);
        AssertCached();
    }

    public CSharpCompilation Compilation { get; }

    public Compilation Output { get; }

    public GeneratorDriver Driver { get; }

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files => Driver.GetRunResult().Results[0].GeneratedSources
        .ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    /// <summary>Runs on an assembly that has the runtime at hand.</summary>
    public static GeneratorTest Run(params string[] sources) => Create(Runtime, "Shop.Worker", false, sources);

    /// <summary>Runs on an assembly of some other name.</summary>
    public static GeneratorTest RunAs(string assembly, params string[] sources) =>
        Create(Runtime, assembly, false, sources);

    /// <summary>Runs on an assembly that has only the contracts.</summary>
    public static GeneratorTest RunContracts(params string[] sources) =>
        Create(Contracts, "Shop.Contracts", false, sources);

    /// <summary>Runs on an assembly that has the contracts, and another assembly.</summary>
    public static GeneratorTest RunWith(MetadataReference reference, params string[] sources) =>
        Create([.. Contracts, reference], "Shop.Contracts", false, sources);

    /// <summary>An assembly as a project refers to it: without bodies, and without most of what is private.</summary>
    public static MetadataReference Reference(string assembly, params string[] sources)
    {
        var stream = new MemoryStream();
        var result = CSharpCompilation
            .Create(assembly, sources.Select((source, i) => Parse(source, $"/lib/File{i}.cs")), Contracts, CompilationOptions)
            .Emit(
                stream,
                options: new Microsoft.CodeAnalysis.Emit.EmitOptions(metadataOnly: true, includePrivateMembers: false),
                cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        stream.Position = 0;
        return MetadataReference.CreateFromStream(stream);
    }

    /// <summary>Runs on code that cannot compile, whatever is generated: generated files must still be free of
    /// faults of their own.</summary>
    public static GeneratorTest RunFaulty(params string[] sources) => Create(Runtime, "Shop.Worker", true, sources);

    /// <summary>Runs again with one file replaced.</summary>
    public GeneratorTest Edit(int file, string source)
    {
        var old = Compilation.SyntaxTrees[file];
        var changed = Compilation.ReplaceSyntaxTree(old, Parse(source, old.FilePath));
        return new GeneratorTest(changed, Driver, expectsUserErrors: false);
    }

    /// <summary>Why a step ran, for each of its outputs.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) =>
        Driver.GetRunResult().Results[0].TrackedSteps.TryGetValue(step, out var runs)
            ? runs.SelectMany(run => run.Outputs).Select(output => output.Reason)
            : [];

    /// <summary>Compares one file, or all of them, with what was accepted, and with what strict projects ask for.</summary>
    public async Task VerifyAsync(string name)
    {
        var files = Files.OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        foreach (var (file, text) in files)
        {
            Snapshot.Verify(files.Count == 1 ? name : $"{name}.{file.Replace(".g.cs", "", StringComparison.Ordinal)}", text);
        }

        Assert.All(files, file => Assert.All(
            file.Value.Split('\n'), line => Assert.True(line.Length <= MaxWidth, $"{file.Key} has a line of {line.Length}: {line}")));
        Assert.Empty(await StrictRules.FindAsync(
            Compilation, files.Select(file => file.Value), TestContext.Current.CancellationToken));
    }

    internal static SyntaxTree Parse(string source, string path) =>
        CSharpSyntaxTree.ParseText(source, ParseOptions, path, System.Text.Encoding.UTF8);

    internal static CSharpCompilation Compile(string assembly, IEnumerable<SyntaxTree> trees) =>
        CSharpCompilation.Create(assembly, trees, Runtime, CompilationOptions);

    internal static GeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(
        [new AsynqGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static GeneratorTest Create(
        ImmutableArray<MetadataReference> references, string assembly, bool faulty, string[] sources)
    {
        var trees = sources.Select((source, i) => Parse(source, $"/src/File{i}.cs"));
        var compilation = CSharpCompilation.Create(assembly, trees, references, CompilationOptions);
        return new GeneratorTest(compilation, NewDriver(), faulty);
    }

    private void AssertClean(bool expectsUserErrors)
    {
        var written = Compilation.SyntaxTrees.ToHashSet();
        var faults = Output.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)

            // An SDK project lets a package ask for an older System.Runtime, too.
            .Where(diagnostic => diagnostic.Id != "CS1701")
            .Where(diagnostic => diagnostic.Id != "CS1591" || !written.Contains(diagnostic.Location.SourceTree!))
            .Where(diagnostic => !expectsUserErrors || !written.Contains(diagnostic.Location.SourceTree!));
        Assert.Empty(faults);
    }

    private void AssertCached()
    {
        var unrelated = Compilation.AddSyntaxTrees(Parse("namespace Unrelated { internal class Nothing; }", "/src/New.cs"));
        var rerun = Driver.RunGenerators(unrelated, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        var steps = rerun.TrackedSteps.Where(step => TrackingNames.All.Contains(step.Key)).ToList();
        Assert.NotEmpty(steps);
        Assert.All(steps.SelectMany(step => step.Value.SelectMany(run => run.Outputs.Select(output => (step.Key, output.Reason)))),
            output => Assert.True(
                output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged,
                $"An unrelated file makes the step {output.Key} run again: {output.Reason}."));
        Assert.All(rerun.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }
}

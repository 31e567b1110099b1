using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class PipelineTests(ITestOutputHelper output)
{
    private const int Many = 1000;

    // The first round of a process is a cold one. The others are asked for by hand, where the cost is what counts.
    private static readonly int Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("ASYNQ_MEASURED_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds)
            ? rounds
            : 1;

    [Fact]
    public void A_compilation_can_be_collected_once_the_driver_has_gone_on()
    {
        var (driver, first) = RunTwice();
        for (var i = 0; i < 5 && first.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(first.IsAlive, "The pipeline keeps a compilation: some model holds a symbol or a syntax node.");
        GC.KeepAlive(driver);
    }

    [Fact]
    public void A_thousand_tasks_are_generated_and_a_keystroke_regenerates_one()
    {
        GeneratorDriverRunResult? last = null;
        for (var round = 1; round <= Rounds; round++)
        {
            var trees = Enumerable.Range(0, Many).Select(Source).ToList();
            var compilation = GeneratorTest.Compile("Shop", trees);
            var driver = GeneratorTest.NewDriver();
            var full = Cost(() => driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken));

            var edited = Edit(compilation, trees[7]);
            var keystroke = Cost(() => driver = driver.RunGenerators(edited, TestContext.Current.CancellationToken));
            var symbols = Cost(() => AskForSymbols(Edit(compilation, trees[7])));
            last = driver.GetRunResult();
            output.WriteLine($"Round {round}, {Many} tasks: {full}; one keystroke: {keystroke}; their symbols alone: {symbols}");
        }

        var result = last!.Results[0];
        Assert.Equal(Many, result.GeneratedSources.Length);
        Assert.Single(
            result.TrackedSteps[TrackingNames.TaskFiles].SelectMany(run => run.Outputs),
            file => file.Reason == IncrementalStepRunReason.Modified);
    }

    private static Compilation Edit(Compilation compilation, SyntaxTree tree) =>
        compilation.ReplaceSyntaxTree(tree, GeneratorTest.Parse(Text(7, "long"), tree.FilePath));

    /// <summary>What any generator has to ask that looks at the members of each task.</summary>
    private static void AskForSymbols(Compilation compilation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>())
            {
                var type = (INamedTypeSymbol)model.GetDeclaredSymbol(declaration)!;
                foreach (var symbol in type.GetMembers().Prepend(type))
                {
                    _ = symbol.GetAttributes();
                    _ = (symbol as IPropertySymbol)?.Type.AllInterfaces;
                }
            }
        }
    }

    /// <summary>The processor time of all threads, and what the clock says: on a busy machine only the first one tells.</summary>
    private static string Cost(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        work();
        process.Refresh();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(process.TotalProcessorTime - before).TotalMilliseconds:F0} ms ({clock.Elapsed.TotalMilliseconds:F0} by the clock)");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorDriver Driver, WeakReference First) RunTwice()
    {
        var compilation = GeneratorTest.Compile("Shop", [Source(0), Source(1)]);
        var driver = GeneratorTest.NewDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var next = GeneratorTest.Compile("Shop", [Source(0), Source(1)]);
        return (driver.RunGenerators(next, TestContext.Current.CancellationToken), new WeakReference(compilation));
    }

    private static SyntaxTree Source(int number) => GeneratorTest.Parse(Text(number, "int"), $"/src/Task{number}.cs");

    private static string Text(int number, string type) => $$"""
        using System;
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace Shop.Area{{number % 10}};
        public sealed record Line{{number}}(string Sku, decimal Price, {{type}} Count);
        [AsynqTask("task:{{number}}")]
        public sealed partial record Task{{number}}(Guid Id, List<Line{{number}}> Lines, Dictionary<string, string>? Tags, string Note = "");
        """;
}

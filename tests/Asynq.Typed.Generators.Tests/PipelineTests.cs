using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class PipelineTests(ITestOutputHelper output)
{
    private const int Many = 1000;

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
        var trees = Enumerable.Range(0, Many).Select(Source).ToList();
        var compilation = GeneratorTest.Compile("Shop", trees);
        var driver = GeneratorTest.NewDriver();
        var clock = Stopwatch.StartNew();
        driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
        var full = clock.Elapsed;

        var edited = compilation.ReplaceSyntaxTree(trees[7], GeneratorTest.Parse(Text(7, "long"), trees[7].FilePath));
        clock.Restart();
        driver = driver.RunGenerators(edited, TestContext.Current.CancellationToken);
        var keystroke = clock.Elapsed;
        var result = driver.GetRunResult().Results[0];

        output.WriteLine($"{Many} tasks: {full.TotalMilliseconds:F0} ms; one keystroke: {keystroke.TotalMilliseconds:F0} ms");
        Assert.Equal(Many, result.GeneratedSources.Length);
        Assert.Single(
            result.TrackedSteps[TrackingNames.TaskFiles].SelectMany(run => run.Outputs),
            file => file.Reason == IncrementalStepRunReason.Modified);
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

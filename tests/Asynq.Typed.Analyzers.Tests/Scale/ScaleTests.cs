using System.Globalization;
using System.Text;
using Asynq.Typed.Analyzers.Tests.Catalogue;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Scale;

/// <summary>How long all analyzers together take over a project of many tasks.</summary>
public sealed class ScaleTests
{
    /// <summary>Ten times the tasks: what grows with their square takes a hundred times as long. The best of three counts,
    /// since a busy machine can slow down one of the two.</summary>
    [Fact]
    public async Task Time_grows_with_the_tasks_and_not_with_their_square()
    {
        await MeasureAsync(tasks: 20);
        var growth = double.MaxValue;
        for (var attempt = 0; attempt < 3 && growth > 40; attempt++)
        {
            var few = await MeasureAsync(tasks: 60);
            var many = await MeasureAsync(tasks: 600);
            growth = Math.Min(growth, many.Total / few.Total);
        }

        Assert.InRange(growth, 0, 40);
    }

    /// <summary>Prints the times: <c>-explicit only -class '*ScaleTests' -showLiveOutput</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Measure()
    {
        await MeasureAsync(tasks: 20);
        foreach (var tasks in new[] { 100, 300, 1000 })
        {
            var times = await MeasureAsync(tasks);
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{tasks} tasks: {times.Total:F0} ms in all");
            foreach (var (analyzer, milliseconds) in times.ByAnalyzer.OrderByDescending(pair => pair.Milliseconds))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{milliseconds,8:F0} ms {analyzer}");
            }

            TestContext.Current.TestOutputHelper!.WriteLine(text.ToString());
        }
    }

    private static async Task<(double Total, List<(string Analyzer, double Milliseconds)> ByAnalyzer)> MeasureAsync(int tasks)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        CSharpGeneratorDriver
            .Create([new AsynqGenerator().AsSourceGenerator()], parseOptions: Library.Language)
            .RunGeneratorsAndUpdateCompilation(Project(tasks), out var compilation, out _, cancellationToken);
        Assert.DoesNotContain(
            compilation.GetDiagnostics(cancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var analysis = compilation.WithAnalyzers(
            Assemblies.Analyzers,
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]),
                (exception, _, _) => throw exception,
                concurrentAnalysis: true,
                logAnalyzerExecutionTime: true));

        var result = await analysis.GetAnalysisResultAsync(cancellationToken);

        Assert.Empty(result.GetAllDiagnostics());
        var times = result.AnalyzerTelemetryInfo
            .Select(pair => (pair.Key.GetType().Name, pair.Value.ExecutionTime.TotalMilliseconds))
            .ToList();
        return (times.Sum(pair => pair.TotalMilliseconds), times);
    }

    /// <summary>A file for each task, with its handler and a service that enqueues it, and one that adds the server.</summary>
    private static CSharpCompilation Project(int tasks)
    {
        var sources = Enumerable.Range(0, tasks).Select(Source)
            .Append(Library.Usings + Library.AsynqUsings)
            .Append(
                """
                public static class Program
                {
                    public static void Add(AsynqBuilder builder) => builder
                        .AddServer(server => server.Queues = new() { ["mail"] = 2, ["default"] = 1 })
                        .AddShopHandlers();
                }
                """);
        return CSharpCompilation.Create(
            "Shop",
            sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, Library.Language, $"File{i}.cs")),
            Library.References,
            Library.Options);
    }

    private static string Source(int number) =>
        $$"""
        namespace Shop.Area{{number}};

        [AsynqTask("area{{number}}:invoice", Queue = "mail", MaxRetry = 5), PeriodicTask("{{number % 60}} 6 * * *")]
        public sealed partial record Invoice{{number}}(long Id = 1, string Note = "", List<Line{{number}}>? Lines = null);

        public sealed record Line{{number}}(int Count, decimal Price, Unit{{number}} Unit);

        public enum Unit{{number}} { Piece = 0, Box = 1 }

        public sealed class Handler{{number}}(Service{{number}} service) : IHandle<Invoice{{number}}>
        {
            public async Task HandleAsync(Invoice{{number}} task, TaskContext context, CancellationToken cancellationToken)
            {
                foreach (var line in task.Lines ?? [])
                {
                    await service.SendAsync(line.Count, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        public sealed class Service{{number}}(AsynqClient client)
        {
            private static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

            public async Task SendAsync(int count, CancellationToken cancellationToken)
            {
                var options = new EnqueueOptions { Queue = "default", ProcessIn = Wait, MaxRetry = count };
                await client.EnqueueAsync(new Invoice{{number}}(count), options, cancellationToken);
                await client.EnqueueAsync(new Invoice{{number}}(2), new() { Queue = "mail" }, cancellationToken);
            }
        }
        """;
}

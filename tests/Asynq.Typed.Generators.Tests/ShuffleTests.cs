using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>The files that are generated do not depend on the order in which the compiler is given the sources.</summary>
public class ShuffleTests
{
    private const int Orders = 6;

    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Asynq.Typed;

        """;

    private static readonly string[] Sources =
    [
        Usings + "namespace A; public sealed record Item(int X); [AsynqTask(\"a:job\")] public sealed partial record Job(List<A.Item> First, List<B.Item> Second);",
        Usings + "namespace B; public sealed record Item(string X); [AsynqTask(\"b:job\")] public sealed partial record Job(A.Item First, Item Second);",
        Usings + "namespace B; [AsynqTask(\"c:job\")] public sealed partial record JOB;",
        Usings + """
            namespace Unions;
            [PayloadUnion(1, typeof(Cash)), PayloadUnion(0, typeof(Card))] public interface IPayment;
            [AsynqTask("paid")] public sealed partial record Paid(IPayment Payment);
            """,
        Usings + "namespace Unions; public sealed record Card(string Number) : IPayment; public sealed record Cash(decimal Amount) : IPayment;",
        Usings + "namespace Parts; [AsynqTask(\"parts\")] public sealed partial class Whole { public int Z { get; set; } }",
        Usings + "namespace Parts; public sealed partial class Whole { public int A { get; set; } [UniqueKey] public int M { get; set; } }",
        Usings + """
            namespace Periodic;
            [AsynqTask("sweep"), PeriodicTask("@daily", Name = "same"), PeriodicTask("@daily", Name = "same", TimeZone = "Europe/Berlin")]
            public sealed partial record Sweep;
            """,
        Usings + "namespace Periodic; [AsynqTask(\"clean\"), PeriodicTask(\"@daily\", Name = \"same\")] public sealed partial record Clean;",
        Usings + """
            namespace Handlers;
            public sealed record Total(int Value, List<A.Item> Items);
            public sealed class Jobs : IHandle<A.Job, Total>, IHandle<B.JOB>
            {
                public Task<Total> HandleAsync(A.Job task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(new Total(1, []));
                public Task HandleAsync(B.JOB task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
            }
            """,
        Usings + """
            namespace Handlers;
            public sealed partial class Several : IHandle<B.Job>
            {
                public Task HandleAsync(B.Job task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
            }
            """,
        Usings + """
            namespace Handlers;
            public sealed partial class Several : IHandle<Unions.Paid, int[]>
            {
                public Task<int[]> HandleAsync(Unions.Paid task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<int[]>([]);
            }
            """,
        Usings + """
            namespace Handlers;
            public sealed class Digests : IAggregate<Parts.Whole, B.JOB>, IAggregate<Periodic.Clean, B.JOB>
            {
                public ValueTask<AggregateResult<B.JOB>> AggregateAsync(GroupContext group, IReadOnlyList<Parts.Whole> tasks, CancellationToken cancellationToken) => new(new B.JOB());
                public ValueTask<AggregateResult<B.JOB>> AggregateAsync(GroupContext group, IReadOnlyList<Periodic.Clean> tasks, CancellationToken cancellationToken) => new(new B.JOB());
            }
            """,
    ];

    [Fact]
    public void The_files_are_the_same_in_any_order_of_the_sources()
    {
        var trees = Sources.Select((source, i) => GeneratorTest.Parse(source, $"/src/File{i:d2}.cs")).ToArray();
        var expected = Generate(trees);
        Assert.Equal(8, expected.Count);
        var random = new Random(20261123);
        for (var i = 0; i < Orders; i++)
        {
            random.Shuffle(trees);
            Assert.Equal(expected, Generate(trees));
        }
    }

    [Fact]
    public void The_files_are_the_same_whatever_separates_the_parts_of_a_path()
    {
        const string First = "[Asynq.Typed.AsynqTask(\"x\", Format = Asynq.Typed.PayloadFormat.Json)] public sealed partial class T { public int A { get; set; } }";
        const string Second = "public sealed partial class T { public int B { get; set; } }";

        // In the order of the code units, a backslash comes after a letter in upper case and a slash before it.
        Assert.Equal(
            Generate([GeneratorTest.Parse(First, "/src/a/T.cs"), GeneratorTest.Parse(Second, "/src/aB/T.cs")]),
            Generate([GeneratorTest.Parse(First, @"\src\a\T.cs"), GeneratorTest.Parse(Second, @"\src\aB\T.cs")]));
    }

    private static SortedDictionary<string, string> Generate(Microsoft.CodeAnalysis.SyntaxTree[] trees)
    {
        var driver = GeneratorTest.NewDriver().RunGeneratorsAndUpdateCompilation(
            GeneratorTest.Compile("Shop.Worker", trees), out var output, out _, TestContext.Current.CancellationToken);
        Assert.Empty(output.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(found => found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        return new(
            driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString()),
            StringComparer.Ordinal);
    }
}

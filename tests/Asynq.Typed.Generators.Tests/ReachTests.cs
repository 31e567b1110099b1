using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>What is registered and what is not: what generated code cannot name or make.</summary>
public class ReachTests
{
    private const string Usings = """
        using System.Threading;
        using System.Threading.Tasks;
        using Asynq.Typed;

        """;

    private const string Order = """
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("order:placed")] public sealed partial record OrderPlaced(long Id);
        """;

    [Theory]
    [InlineData("a task", "[AsynqTask(\"hidden\")] private sealed partial record Hidden(int X);", "IHandle<Hidden>", "Task IHandle<Hidden>.HandleAsync(Hidden task")]
    [InlineData("a task in a hidden type", "private static partial class In { [AsynqTask(\"in\")] public sealed partial record Hidden(int X); }", "IHandle<In.Hidden>", "Task IHandle<In.Hidden>.HandleAsync(In.Hidden task")]
    [InlineData("a result", "private sealed record Hidden(int X);", "IHandle<Seen, Hidden>", "Task<Hidden> IHandle<Seen, Hidden>.HandleAsync(Seen task")]
    [InlineData("an enum as the result", "private enum Hidden { A }", "IHandle<Seen, Hidden?>", "Task<Hidden?> IHandle<Seen, Hidden?>.HandleAsync(Seen task")]
    [InlineData("a list as the result", "protected enum Hidden { A }", "IHandle<Seen, List<Hidden[]>>", "Task<List<Hidden[]>> IHandle<Seen, List<Hidden[]>>.HandleAsync(Seen task")]
    [InlineData("a batch", "[AsynqTask(\"hidden\")] private sealed partial record Hidden(int X);", "IAggregate<Seen, Hidden>", "ValueTask<AggregateResult<Hidden>> IAggregate<Seen, Hidden>.AggregateAsync(GroupContext group, IReadOnlyList<Seen> tasks")]
    [InlineData("a task of a group", "[AsynqTask(\"hidden\")] private protected sealed partial record Hidden(int X);", "IAggregate<Hidden, Seen>", "ValueTask<AggregateResult<Seen>> IAggregate<Hidden, Seen>.AggregateAsync(GroupContext group, IReadOnlyList<Hidden> tasks")]
    public void What_is_of_a_hidden_type_is_not_registered(string name, string hidden, string contract, string method)
    {
        Assert.NotEmpty(name);
        var context = contract.StartsWith("IHandle", StringComparison.Ordinal) ? ", TaskContext context" : "";
        var source = "using System.Collections.Generic;\n" + Usings + $$"""
            [AsynqTask("seen")] public sealed partial record Seen(int X);
            public partial class Outer
            {
                {{hidden}}
                internal sealed class H : {{contract}}
                {
                    {{method}}{{context}}, CancellationToken cancellationToken) => throw new System.InvalidOperationException();
                }
            }
            """;

        Assert.DoesNotContain("ShopWorkerHandlers.module.g.cs", GeneratorTest.Run(source).Files.Keys);
    }

    [Theory]
    [InlineData("public static partial class O { [Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] private sealed partial record T; }", "O+T.g.cs")]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial class T { public T(int x = 1) => X = x; public T(string y = \"\", int x = 2) => X = x + y.Length; public int X { get; set; } }", "T.g.cs")]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial class T { private T() { } public int X { get; set; } public static T Make() => new(); }", "T.g.cs")]
    public void A_periodic_task_that_generated_code_cannot_make_is_not_registered(string task, string file) =>
        Assert.Equal([file], GeneratorTest.Run(task).Files.Keys);

    [Theory]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed record T;")]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial record T<U>;")]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public ref partial struct T;")]
    public void A_periodic_task_that_cannot_be_completed_is_not_registered(string task) =>
        Assert.Empty(GeneratorTest.Run(task).Files);

    [Fact]
    public void A_handler_of_nothing_yet_is_not_registered() => Assert.Empty(GeneratorTest.RunFaulty(
        Usings + "public sealed class H : IHandle<>; public sealed class A : IAggregate<,>; public sealed class B : IHandle<,>;").Files);

    [Fact]
    public void The_names_of_a_tuples_items_make_no_other_result() => Assert.Contains(
        "HandleT(context, cancellationToken)",
        GeneratorTest.Run(Usings + """
            namespace Shop;
            [AsynqTask("t", Result = typeof((int A, string B)))] public sealed partial record T(int X);
            public sealed class H : IHandle<T, (int C, string D)>
            {
                public Task<(int C, string D)> HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult((1, ""));
            }
            """).Files["ShopWorkerHandlers.module.g.cs"],
        StringComparison.Ordinal);

    [Fact]
    public void Experimental_handlers_tasks_and_results_are_registered_without_a_warning() => Assert.Contains(
        "#pragma warning disable EXP2",
        GeneratorTest.Run(Usings + """
            using System.Diagnostics.CodeAnalysis;
            #pragma warning disable EXP1, EXP2, EXP3
            namespace Shop;
            [Experimental("EXP1"), AsynqTask("t"), PeriodicTask("@daily")] public sealed partial record T;
            [Experimental("EXP2")] public sealed record Answer(int X);
            [Experimental("EXP3")] public sealed class H : IHandle<T, Answer[]>
            {
                public Task<Answer[]> HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<Answer[]>([]);
            }
            """).Files["ShopWorkerHandlers.module.g.cs"],
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial record T { public required int X { get; init; } }")]
    [InlineData("[Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial record T(int X);")]
    public void A_periodic_task_that_cannot_be_made_without_arguments_is_not_registered(string task) =>
        Assert.Equal(["T.g.cs"], GeneratorTest.Run(task).Files.Keys);

    [Theory]
    [InlineData("a struct, of which a container makes no service", """
        public record struct H : IHandle<Shop.OrderPlaced>
        {
            public Task HandleAsync(Shop.OrderPlaced task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """)]
    [InlineData("a class that is local to its file", """
        file sealed class H : IHandle<Shop.OrderPlaced>
        {
            public Task HandleAsync(Shop.OrderPlaced task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """)]
    public void What_is_no_service_is_not_registered(string name, string handler)
    {
        Assert.NotEmpty(name);
        Assert.Equal(["Shop.OrderPlaced.g.cs"], GeneratorTest.Run(Order, Usings + handler).Files.Keys);
    }
}

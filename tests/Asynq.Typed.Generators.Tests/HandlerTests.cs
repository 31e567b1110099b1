using Microsoft.CodeAnalysis;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class HandlerTests
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

    private const string Handler = Usings + """
        namespace Shop.Handlers;
        internal sealed class OrderHandler : IHandle<OrderPlaced>
        {
            public Task HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken) =>
                Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Handlers_become_one_module_and_one_registration() =>
        GeneratorTest.Run(Order, Handler).VerifyAsync("Handlers.one");

    [Fact]
    public Task A_class_may_handle_several_tasks() => GeneratorTest.Run(
        """
        using Asynq.Typed;
        namespace Shop { [AsynqTask("a")] public sealed partial record Ping; }
        namespace Other { [AsynqTask("b")] public sealed partial record Ping; }
        """,
        Usings + """
        namespace Shop.Handlers;
        public sealed partial class Pings : IHandle<Shop.Ping>
        {
            Task IHandle<Shop.Ping>.HandleAsync(Shop.Ping task, TaskContext context, CancellationToken cancellationToken) =>
                Task.CompletedTask;
        }
        public sealed partial class Pings : IHandle<Other.Ping>
        {
            public Task HandleAsync(Other.Ping task, TaskContext context, CancellationToken cancellationToken) =>
                Task.CompletedTask;
        }
        """).VerifyAsync("Handlers.several");

    [Fact]
    public Task A_result_is_written_in_the_format_of_the_task() => GeneratorTest.Run(
        """
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("sum")] public sealed partial record Sum(int A, int B);
        [AsynqTask("sum:json", Format = PayloadFormat.Json)] public sealed partial record JsonSum(int A, int B);
        [AsynqTask("sum:raw", Format = PayloadFormat.Raw)] public sealed partial record RawSum(byte[] Bytes);
        public sealed record Total(int Value, string[]? Notes);
        """,
        Usings + """
        namespace Shop.Handlers;
        public sealed class Sums : IHandle<Sum, Total>, IHandle<JsonSum, int?>, IHandle<RawSum, byte[]>
        {
            public Task<Total> HandleAsync(Sum task, TaskContext context, CancellationToken cancellationToken) =>
                Task.FromResult(new Total(task.A + task.B, null));
            public Task<int?> HandleAsync(JsonSum task, TaskContext context, CancellationToken cancellationToken) =>
                Task.FromResult<int?>(task.A + task.B);
            public Task<byte[]> HandleAsync(RawSum task, TaskContext context, CancellationToken cancellationToken) =>
                Task.FromResult(task.Bytes);
        }
        """).VerifyAsync("Handlers.results");

    [Fact]
    public Task Aggregators_and_periodic_tasks_are_registered() => GeneratorTest.Run(
        """
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("note")] public sealed partial record Note(string Text);
        [AsynqTask("digest")] public sealed partial record Digest(string[] Texts);
        [AsynqTask("sweep"), PeriodicTask("*/5 * * * *", TimeZone = "Europe/Berlin"), PeriodicTask("@hourly", Name = "sweep:hourly")]
        public sealed partial record Sweep(int Limit = 10);
        """,
        """
        using System.Collections.Generic;
        using System.Linq;
        """ + "\n" + Usings + """
        namespace Shop.Handlers;
        public sealed class Digests : IAggregate<Note, Digest>
        {
            public ValueTask<AggregateResult<Digest>> AggregateAsync(
                GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) =>
                new(new Digest([.. tasks.Select(task => task.Text)]));
        }
        """).VerifyAsync("Handlers.groups");

    [Fact]
    public void A_periodic_task_needs_no_handler() => Assert.Contains(
        "PeriodicTask.Create(\"@daily\", new global::T())",
        GeneratorTest.Run("""
            [Asynq.Typed.AsynqTask("t"), Asynq.Typed.PeriodicTask("@daily")] internal sealed partial record T;
            """).Files["ShopWorkerHandlers.module.g.cs"],
        StringComparison.Ordinal);

    [Fact]
    public void What_cannot_be_made_is_not_registered()
    {
        var files = GeneratorTest.Run(Order, Usings + """
            namespace Shop;
            public abstract class Base : IHandle<OrderPlaced>
            {
                public abstract Task HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken);
            }
            public class Open<T> : Base
            {
                public override Task HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken) =>
                    Task.CompletedTask;
                private sealed class Hidden : Open<int>;
            }
            """).Files;

        Assert.Equal(["Shop.OrderPlaced.g.cs"], files.Keys);
    }

    [Fact]
    public void An_inherited_handler_is_registered()
    {
        var files = GeneratorTest.Run(Order, Usings + """
            namespace Shop;
            public abstract class Base : IHandle<OrderPlaced>
            {
                public Task HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken) =>
                    Task.CompletedTask;
            }
            public sealed class Derived : Base;
            """).Files;

        Assert.Contains("global::Shop.Derived>(builder.Services);", files["ShopWorkerHandlers.module.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_assembly_says_what_it_handles_once_for_each_handler()
    {
        var test = GeneratorTest.Run(Order, Handler, Usings + """
            namespace @class
            {
                [AsynqTask("a\"b")] public sealed partial record Odd;
                public static class Outer
                {
                    internal sealed class @int : IHandle<Odd>, IHandle<Shop.OrderPlaced>
                    {
                        public Task HandleAsync(Odd task, TaskContext context, CancellationToken cancellationToken) =>
                            Task.CompletedTask;
                        public Task HandleAsync(Shop.OrderPlaced task, TaskContext context, CancellationToken cancellationToken) =>
                            Task.CompletedTask;
                    }
                }
            }
            """);

        Assert.Equal(
            [
                ("a\"b", "@class.Outer.@int"),
                ("order:placed", "@class.Outer.@int"),
                ("order:placed", "Shop.Handlers.OrderHandler"),
            ],
            test.Output.Assembly.GetAttributes()
                .Where(attribute => attribute.AttributeClass?.Name == nameof(HandledTaskAttribute))
                .Select(attribute => ((string?)attribute.ConstructorArguments[0].Value, (string?)attribute.ConstructorArguments[1].Value)));
    }

    [Theory]
    [InlineData(
        "PayloadFormat.MessagePack",
        "System.IO.Stream",
        "Shop.H cannot be registered: its result of type 'System.IO.Stream' is of a type that a payload cannot hold: return one of "
            + "its own, or name a formatter for it with [PayloadFormatter]")]
    [InlineData(
        "PayloadFormat.Json",
        "Shop.Bad",
        "Shop.H cannot be registered: its result of type 'Shop.Bad' cannot be written, for 'Shop.Bad.Lost' can neither be set nor is "
            + "it a parameter of the constructor, so that its value would be lost: give it a setter, or leave it out with [PayloadIgnore]")]
    [InlineData(
        "PayloadFormat.Json",
        "Shop.Word",
        "Shop.H cannot be registered: its result of type 'Shop.Word' cannot be written, for 'Shop.Word' has a [JsonConverter], which "
            + "payloads do not use: name a formatter with [PayloadFormatter], or take the attribute away")]
    [InlineData(
        "PayloadFormat.Raw",
        "string",
        "Shop.H cannot be registered: its result of type 'string' is not of bytes, as the task's format Raw asks for")]
    [InlineData(
        "PayloadFormat.Json, Result = typeof(int)",
        "long",
        "Shop.H cannot be registered: it returns 'long', but task 'x' says that its result is 'int'")]
    [InlineData(
        "PayloadFormat.Json, Result = typeof(Answer)",
        "Shop.Answer?",
        "Shop.H cannot be registered: it returns 'Shop.Answer?', but task 'x' says that its result is 'Shop.Answer', of which none is "
            + "null: return an empty one instead, or hold it in a type with a member that may be null")]
    [InlineData(
        "PayloadFormat.MessagePack, Result = typeof(System.Collections.Generic.List<string>)",
        "System.Collections.Generic.List<string?>",
        "Shop.H cannot be registered: it returns 'System.Collections.Generic.List<string?>', but task 'x' says that its result is "
            + "'System.Collections.Generic.List<string>', of which none is null: return an empty one instead, or hold it in a type with "
            + "a member that may be null")]
    public void A_result_that_cannot_be_written_stops_the_build_and_is_named(string format, string result, string message)
    {
        var compilation = GeneratorTest.Compile("Shop.Worker", [GeneratorTest.Parse(Usings + $$"""
            namespace Shop;
            public sealed class Bad { public int Lost { get; } = 1; }
            public sealed record Answer(int X);
            [System.Text.Json.Serialization.JsonConverter(typeof(int))] public enum Word { A = 1 }
            [AsynqTask("x", Format = {{format}})] public sealed partial record T(byte[] X);
            public sealed class H : IHandle<T, {{result}}>
            {
                public Task<{{result}}> HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => null!;
            }
            """, "/src/File0.cs")]);
        GeneratorTest.NewDriver().RunGeneratorsAndUpdateCompilation(
            compilation, out var output, out var diagnostics, TestContext.Current.CancellationToken);

        Assert.Empty(diagnostics);
        var error = Assert.Single(
            output.GetDiagnostics(TestContext.Current.CancellationToken), found => found.Severity == DiagnosticSeverity.Error);
        Assert.Equal("CS1029", error.Id);
        Assert.Equal($"#error: '{message}'", error.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Without_the_runtime_there_is_no_module() =>
        Assert.Equal(["Shop.OrderPlaced.g.cs"], GeneratorTest.RunContracts(Order, Handler).Files.Keys);

    [Theory]
    [InlineData("Shop", "AddShopHandlers")]
    [InlineData("Shop.Worker", "AddShopWorkerHandlers")]
    [InlineData("ShopWorker", "AddShopWorkerHandlers")]
    [InlineData("Shop-Worker", "AddShopWorker13620952Handlers")]
    [InlineData("my-shop 2", "Addmyshop29977A6B0Handlers")]
    [InlineData("3d.Shop", "Add_3dShop6BBAFAE8Handlers")]
    public void The_registration_is_named_after_the_assembly(string assembly, string method)
    {
        var file = GeneratorTest.RunAs(assembly, Order, Handler).Files.Single(file => file.Key.Contains("module", StringComparison.Ordinal));

        Assert.Contains($" {method}(", file.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_assemblies_have_classes_of_one_name()
    {
        string[] assemblies = ["Shop.Worker", "Shop-Worker", "ShopWorker", "Shop_Worker", "shop.worker", "shopworker", "Shop..Worker", "S.hopWorker"];

        var modules = assemblies.Select(assembly => GeneratorTest.RunAs(assembly, Order, Handler).Files.Keys
            .Single(file => file.Contains("module", StringComparison.Ordinal))).ToList();

        Assert.Equal("ShopWorkerHandlers.module.g.cs", modules[0]);
        Assert.Equal(assemblies.Length, modules.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_class_may_make_two_batches_of_two_tasks_and_no_batch_twice()
    {
        var file = GeneratorTest.Run("using System.Collections.Generic;\n" + Usings + """
            [AsynqTask("a")] public sealed partial record A; [AsynqTask("b")] public sealed partial record B;
            [AsynqTask("n")] public sealed partial record N; [AsynqTask("o")] public sealed partial record O;
            public sealed class Digests : IAggregate<N, B>, IAggregate<N, A>, IAggregate<O, A>
            {
                ValueTask<AggregateResult<A>> IAggregate<N, A>.AggregateAsync(GroupContext group, IReadOnlyList<N> tasks, CancellationToken cancellationToken) => new(new A());
                ValueTask<AggregateResult<B>> IAggregate<N, B>.AggregateAsync(GroupContext group, IReadOnlyList<N> tasks, CancellationToken cancellationToken) => new(new B());
                ValueTask<AggregateResult<A>> IAggregate<O, A>.AggregateAsync(GroupContext group, IReadOnlyList<O> tasks, CancellationToken cancellationToken) => new(new A());
            }
            """).Files["ShopWorkerHandlers.module.g.cs"];

        Assert.Contains("GroupAggregator<global::N, global::A, global::Digests>", file, StringComparison.Ordinal);
        Assert.Contains("GroupAggregator<global::O, global::A, global::Digests>", file, StringComparison.Ordinal);
        Assert.DoesNotContain("GroupAggregator<global::N, global::B, global::Digests>", file, StringComparison.Ordinal);
    }

    [Fact]
    public void Editing_the_members_of_a_task_leaves_the_module_cached()
    {
        var edited = GeneratorTest.Run(Order, Handler).Edit(0, Order.Replace("long Id", "long Id, string Name", StringComparison.Ordinal));

        Assert.All(edited.Reasons(TrackingNames.HandlerFile), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Contains(IncrementalStepRunReason.Modified, edited.Reasons(TrackingNames.TaskFiles));
    }

    [Fact]
    public void Renaming_the_task_on_the_wire_changes_the_module()
    {
        var test = GeneratorTest.Run(Order, Handler);
        var edited = test.Edit(0, Order.Replace("order:placed", "order:new", StringComparison.Ordinal));

        Assert.Contains("case \"order:new\":", edited.Files["ShopWorkerHandlers.module.g.cs"], StringComparison.Ordinal);
        Assert.NotEqual(test.Files, edited.Files);
    }

    [Fact]
    public void The_order_of_files_does_not_matter() =>
        Assert.Equal(GeneratorTest.Run(Order, Handler).Files.OrderBy(file => file.Key), GeneratorTest.Run(Handler, Order).Files.OrderBy(file => file.Key));

    [Fact]
    public void Odd_handlers_are_registered_without_a_warning()
    {
        var file = GeneratorTest.Run(Order, "using System;\nusing System.Collections.Generic;\n" + Usings + """
            namespace Odd;
            public partial class Outer
            {
                [AsynqTask("odd:nested", Queue = "q")] internal sealed partial record Nested(int X = 3);
                [AsynqTask("odd:batch")] internal sealed partial record Batch(int X);
                [AsynqTask("odd:struct"), PeriodicTask("@daily"), PeriodicTask("@hourly", Name = "other")] internal partial struct Value { public int X { get; set; } }
                internal abstract class Generic<TTask> : IHandle<TTask> where TTask : IAsynqTask<TTask>
                {
                    Task IHandle<TTask>.HandleAsync(TTask task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
                }
                internal sealed class HandleNested : Generic<Nested>;
                internal sealed record HandleValue : IHandle<Value, (int A, string? B)>, IHandle<Batch, List<string?>?>
                {
                    public Task<(int A, string? B)> HandleAsync(Value task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<(int A, string? B)>((1, null));
                    Task<List<string?>?> IHandle<Batch, List<string?>?>.HandleAsync(Batch task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<List<string?>?>(null);
                }
                internal sealed class Digests : IAggregate<Nested, Batch>
                {
                    public ValueTask<AggregateResult<Batch>> AggregateAsync(GroupContext group, IReadOnlyList<Nested> tasks, CancellationToken cancellationToken) => throw new NotSupportedException();
                }
            }
            [Obsolete("old"), AsynqTask("odd:old"), PeriodicTask("@daily")] public sealed partial record OldPeriodic;
            public sealed record Former(int X) { [Obsolete("gone", error: true)] public int Y { get; set; } }
            public sealed record Answer(Former? Former);
            [AsynqTask("odd:job", Result = typeof(int?))] public sealed partial record Job;
            [AsynqTask("odd:jobresult")] public sealed partial record JobResult;
            [AsynqTask("odd:jresult", Result = typeof(List<string>))] public sealed partial record JResult;
            [AsynqTask("odd:z")] public sealed partial record J;
            public sealed class Jobs : IHandle<Job, int?>, IHandle<JobResult>, IHandle<JResult, List<string>>, IHandle<J, Answer>
            {
                public Task<int?> HandleAsync(Job task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<int?>(1);
                public Task HandleAsync(JobResult task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
                public Task<List<string>> HandleAsync(JResult task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<List<string>>([]);
                public Task<Answer> HandleAsync(J task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(new Answer(null));
            }
            [Obsolete("old")] public sealed class OldHandler : IHandle<Shop.OrderPlaced>
            {
                public Task HandleAsync(Shop.OrderPlaced task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
            }
            """).Files["ShopWorkerHandlers.module.g.cs"];

        Assert.Contains("case \"odd:nested\":", file, StringComparison.Ordinal);
        Assert.Contains("global::Odd.Outer.Digests>()", file, StringComparison.Ordinal);
    }

    [Fact]
    public void A_periodic_task_that_is_obsolete_gives_no_warning() => Assert.Contains(
        "new global::T()",
        GeneratorTest.Run(
            "[System.Obsolete(\"old\"), Asynq.Typed.AsynqTask(\"t\"), Asynq.Typed.PeriodicTask(\"@daily\")] public sealed partial record T;")
            .Files["ShopWorkerHandlers.module.g.cs"],
        StringComparison.Ordinal);

    [Fact]
    public void A_result_that_is_obsolete_within_gives_no_warning()
    {
        var files = GeneratorTest.Run(Usings + """
            public sealed record Answer { [System.Obsolete("gone", error: true)] public int Former { get; set; } }
            [AsynqTask("t")] public sealed partial record T;
            public sealed class H : IHandle<T, Answer[]>
            {
                public Task<Answer[]> HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult<Answer[]>([]);
            }
            """).Files;

        Assert.Contains("value.Former", files["ShopWorkerHandlers.module.g.cs"], StringComparison.Ordinal);
    }
}

using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2008GroupEndsInNoHandledBatchTests
{
    private const string Tasks = """
        [AsynqTask("note")]
        public sealed partial record Note(string Text);

        [AsynqTask("digest")]
        public sealed partial record Digest(string[] Texts);
        """;

    private const string Method =
        "public ValueTask<AggregateResult<Digest>> AggregateAsync(GroupContext group, IReadOnlyList<Note> tasks, "
        + "CancellationToken cancellationToken) => default;";

    private const string Aggregator = $"internal sealed class NoteAggregator : IAggregate<Note, Digest> {{ {Method} }}";

    private const string Handler = """
        internal sealed class DigestHandler : IHandle<Digest>
        {
            public Task HandleAsync(Digest task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Says_which_batch_has_no_handler() => Rule<AggregationAnalyzer>.SaysAsync(
        "ASQ2008",
        "Groups of task 'Note' end in no handled batch, because no handler of this application handles 'Digest', which "
        + "'NoteAggregator' makes of them: write one, or say [assembly: HandledElsewhere(typeof(Digest))]",
        Program(Tasks, $"internal sealed class {{|#0:NoteAggregator|}} : IAggregate<Note, Digest> {{ {Method} }}"));

    [Fact]
    public Task Says_which_task_has_no_aggregator() => Rule<AggregationAnalyzer>.SaysAsync(
        "ASQ2008",
        "Groups of task 'Note' end in no handled batch, because this application has no aggregator of 'Note', so that each runs "
        + "singly after the grace period: write an IAggregate of it, set 'GroupAggregator', or say [assembly: HandledElsewhere(typeof(Note))]",
        Program(Tasks, Enqueue("""client.EnqueueAsync(new Note("a"), new EnqueueOptions { Group = {|#0:"g"|} })""")));

    [Theory]
    [InlineData("""client.EnqueueAsync(new Note("a"), new() { Queue = "q", Group = {|ASQ2008:given|} })""")]
    [InlineData("""client.EnqueueAsync(options: new() { Group = {|ASQ2008:"g"|} }, task: new Note("a"))""")]
    [InlineData("""Task.FromResult(PeriodicTask.Create("@daily", new Note("a"), new() { Group = {|ASQ2008:"g"|} }))""")]
    public Task Reports_every_way_to_a_group(string call) => Rule<AggregationAnalyzer>.CheckAsync(Program(Tasks, Enqueue(call)));

    [Fact]
    public Task Reports_tasks_of_a_referenced_assembly() => Rule<AggregationAnalyzer>.CheckAsync(
        Program(Enqueue("""client.EnqueueAsync(new Note("a"), new() { Group = {|ASQ2008:"g"|} })""")), referenced: Tasks);

    [Theory]
    [InlineData("""client.EnqueueAsync(new Note("a"))""")]
    [InlineData("""client.EnqueueAsync(new Note("a"), new() { Group = null })""")]
    [InlineData("""client.EnqueueAsync(new Note("a"), new() { Queue = "q" })""")]
    [InlineData("""client.EnqueueAsync(new Note("a"), made)""")]
    public Task Is_silent_where_no_group_is_seen(string call) => Rule<AggregationAnalyzer>.CheckAsync(Program(Tasks, Enqueue(call)));

    [Fact]
    public Task Is_silent_where_there_is_an_aggregator_and_a_handler() => Rule<AggregationAnalyzer>.CheckAsync(
        Program(Tasks, Aggregator, Handler, Enqueue("""client.EnqueueAsync(new Note("a"), new() { Group = "g" })""")));

    [Fact]
    public Task Is_silent_where_a_referenced_assembly_has_them() => Rule<AggregationAnalyzer>.CheckAsync(
        Program(Enqueue("""client.EnqueueAsync(new Note("a"), new() { Group = "g" })""")),
        referenced: $"{Tasks}\n{Aggregator}\n{Handler}");

    [Fact]
    public Task Is_silent_where_the_untyped_aggregator_is_set() => Rule<AggregationAnalyzer>.CheckAsync(
        Program(
            Tasks,
            Enqueue("""client.EnqueueAsync(new Note("a"), new() { Group = "g" })"""),
            "public static class Other { public static void Set(AsynqServerOptions server) => server.GroupAggregator = null; }"));

    [Fact]
    public Task Is_silent_where_it_is_done_elsewhere() => Rule<AggregationAnalyzer>.CheckAsync(
        "[assembly: HandledElsewhere(typeof(Note))]\n[assembly: HandledElsewhere(typeof(Digest))]\n"
        + Program(Tasks, Aggregator, Enqueue("""client.EnqueueAsync(new Note("a"), new() { Group = "g" })""")));

    [Theory]
    [InlineData("new TaskMux().Handle(\"dig\", null!)")]
    [InlineData("new TaskMux { NotFound = (_, _) => Task.CompletedTask }")]
    public Task Is_silent_where_an_untyped_mux_may_handle_the_batch(string mux) => Rule<AggregationAnalyzer>.CheckAsync(
        Program(Tasks, Aggregator, $"public static class Other {{ public static TaskMux Mux() => {mux}; }}"));

    [Fact]
    public Task Is_silent_where_no_server_is_added() => Rule<AggregationAnalyzer>.CheckAsync(
        $"{Tasks}\n{Aggregator}\n" + Enqueue("""client.EnqueueAsync(new Digest([]), new() { Group = "g" })"""));

    [Fact]
    public Task Is_said_at_the_aggregator_and_not_at_the_server() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        Program(Tasks, Aggregator).Replace("AddServer()", "AddServer().AddHandlers((HandlerModule)null!)", StringComparison.Ordinal));

    [Fact]
    public Task Fix_writes_a_handler_of_the_batch() => Rule<AggregationAnalyzer>.FixesAsync<WriteHandlerFix>(
        Program(Tasks, Aggregator.Replace("class NoteAggregator", "class {|ASQ2008:NoteAggregator|}", StringComparison.Ordinal)),
        Program(Tasks, Aggregator),
        added: ("DigestHandler.cs",
            """
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Asynq.Typed;

            internal sealed class DigestHandler : IHandle<Digest>
            {
                public Task HandleAsync(Digest task, TaskContext context, CancellationToken cancellationToken) =>
                    throw new InvalidOperationException("DigestHandler is yet to be written.");
            }

            """));

    private static string Enqueue(string call) =>
        $$"""
        public static class Shop
        {
            public static Task SendAsync(AsynqClient client, string given, EnqueueOptions made) => {{call}};
        }
        """;

    private static string Program(params ReadOnlySpan<string> parts) =>
        string.Join('\n', parts) + "\npublic static class Program { public static void Add(AsynqBuilder builder) => builder.AddServer(); }";

    [Fact]
    public Task Is_silent_on_an_aggregator_whose_batch_generated_code_cannot_name() =>
        Rule<AggregationAnalyzer>.CheckAsync(Program(HiddenBatch));

    private const string HiddenBatch = """
        [AsynqTask("note")]
        public sealed partial record Note(string Text);

        public static partial class Outer
        {
            [AsynqTask("digest")]
            private sealed partial record Digest(string[] Texts);

            internal sealed class NoteAggregator : IAggregate<Note, Digest>
            {
                ValueTask<AggregateResult<Digest>> IAggregate<Note, Digest>.AggregateAsync(
                    GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) => default;
            }
        }
        """;
}

using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>One offence against each rule, but for <c>ASQ9001</c>, which is about the compiler. Spread over several files.</summary>
internal static class Offences
{
    internal const string Environment = "ASQ9001";

    private const string Tasks = """
        namespace Offences;

        [AsynqTask("")]
        public sealed partial record Blank(long Id);

        [AsynqTask("bill")]
        public sealed partial record Bill(long Id);

        [AsynqTask("bill"), PeriodicTask("* *")]
        public sealed partial record SecondBill(long Id = 1);

        [AsynqTask("bill:due")]
        public sealed partial record DueBill(long Id);

        [AsynqTask("invoice", Queue = "{}", MaxRetry = -1)]
        public record Invoice(Channel Channel);

        public record Reminder(Channel Channel) : Invoice(Channel);

        [AsynqTask("note")]
        public sealed partial record Note(Channel Channel);

        public enum Channel { Email, Sms }

        [AsynqTask("odd")]
        public sealed partial record Odd(object Value);

        [AsynqTask("keys")]
        public sealed partial record Keys([PayloadKey(0)] long Id, string Text);
        """;

    private const string Handlers = """
        namespace Offences;

        public class Sender : IHandle<Note>
        {
            public async Task HandleAsync(Note task, TaskContext context, CancellationToken token)
            {
                Task.Delay(1).Wait();
                await Task.Delay(1);
            }
        }

        public class Printer : Sender;

        public class OfString : IHandle<string>;

        public static class Outer
        {
            private sealed class Hidden : Sender, IHandle<Note>;
        }

        public class BillAggregator : IAggregate<DueBill, Keys>
        {
            public ValueTask<AggregateResult<Keys>> AggregateAsync(
                GroupContext group, IReadOnlyList<DueBill> tasks, CancellationToken cancellationToken) => default;
        }
        """;

    private const string Program = """
        namespace Offences;

        public static class Program
        {
            public static void Run(AsynqBuilder builder, TaskMux mux, RawHandler handler)
            {
                builder.UseRedis("a").UseRedis("b").AddServer(server =>
                {
                    server.Queues = new() { [""] = 1, ["mail"] = 2, ["low"] = 2 };
                    server.StrictPriority = true;
                    server.GroupGracePeriod = TimeSpan.Zero;
                });
                mux.Handle("bill", handler);
            }
        }
        """;

    private const string Enqueues = """
        namespace Offences;

        public static class Enqueues
        {
            public static async Task RunAsync(AsynqClient client, AsynqScheduler scheduler, DateTimeOffset at, TimeSpan wait)
            {
                client.EnqueueAsync(new SecondBill(1), new EnqueueOptions { Queue = "other", UniqueFor = TimeSpan.FromSeconds(0.5) });
                await client.EnqueueAsync(new Note(Channel.Sms), new EnqueueOptions { TaskId = "", ProcessIn = wait, ProcessAt = at });
                scheduler.Register("0 0 30 2 *", new SecondBill());
                scheduler.Register("CRON_TZ=Europe/Munich 0 6 * * *", new SecondBill());
            }
        }
        """;

    internal static readonly IReadOnlyList<string> Files = [Tasks, Handlers, Program, Enqueues];

    /// <summary>The offences, before anything is generated for them.</summary>
    internal static CSharpCompilation Compile(
        IEnumerable<MetadataReference> references, string prefix = "", string extension = ".cs", CSharpParseOptions? language = null) =>
        CSharpCompilation.Create(
            "Tested",
            Files.Prepend(Library.Usings + Library.AsynqUsings).Select((source, i) => CSharpSyntaxTree.ParseText(
                prefix + source, language ?? Library.Language, $"Offences{i}{extension}", cancellationToken: TestContext.Current.CancellationToken)),
            references,
            Library.Options);

    /// <summary>The offences beside what the generator makes of them, without which enqueues do not compile.</summary>
    internal static Compilation Generate() => Generate(Compile(Library.References));

    internal static Compilation Generate(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver
            .Create([new AsynqGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _, TestContext.Current.CancellationToken);
        return complete;
    }
}

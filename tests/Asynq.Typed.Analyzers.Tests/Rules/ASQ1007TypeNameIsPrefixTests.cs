using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1007TypeNameIsPrefixTests
{
    private const string Tasks = """
        [AsynqTask("email")]
        public sealed partial record Email(string To);

        [AsynqTask("email:welcome")]
        public sealed partial record WelcomeEmail(string To);
        """;

    private const string WelcomeHandler = """
        internal sealed class WelcomeHandler : IHandle<WelcomeEmail>
        {
            public Task HandleAsync(WelcomeEmail task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Says_which_pattern_and_which_two_tasks() => Rule<MuxPatternAnalyzer>.SaysAsync(
        "ASQ1007",
        "Pattern 'email' is the type name of task 'Email' and catches 'email:welcome' of task 'WelcomeEmail' too: "
        + "give that one a handler or a pattern of its own, or rename one of them",
        Program("""mux.Handle({|#0:"email"|}, handler);"""));

    [Theory]
    [InlineData("""mux.Handle({|ASQ1007:"email"|}, handler).Handle("emails", handler);""")]
    [InlineData("""mux.Handle("em", handler).Handle(handler: handler, pattern: {|ASQ1007:Names.Email|});""")]
    public Task Reports_a_pattern_that_catches_another_task(string statement) =>
        Rule<MuxPatternAnalyzer>.CheckAsync(Program(statement));

    [Fact]
    public Task Reports_tasks_of_a_referenced_assembly() => Rule<MuxPatternAnalyzer>.CheckAsync(
        Program("""mux.Handle({|ASQ1007:"email"|}, handler);""", tasks: ""), referenced: Tasks);

    [Theory]
    [InlineData("""mux.Handle("email:", handler);""")]
    [InlineData("""mux.Handle("email:welcome", handler);""")]
    [InlineData("""mux.Handle("email", handler).Handle("email:welcome", handler);""")]
    [InlineData("""mux.Handle("email", handler); mux.Handle("email:w", handler);""")]
    [InlineData("""mux.Handle("email", handler); mux.Handle(given, handler);""")]
    [InlineData("""Names.Handle("email", handler);""")]
    public Task Is_silent_where_each_task_has_its_own_pattern(string statement) =>
        Rule<MuxPatternAnalyzer>.CheckAsync(Program(statement));

    [Fact]
    public Task Is_silent_where_the_longer_name_has_a_typed_handler() => Rule<MuxPatternAnalyzer>.CheckAsync(
        Program("""mux.Handle("email", handler);""") + "\n" + WelcomeHandler);

    [Fact]
    public Task Is_silent_where_the_shorter_name_has_a_typed_handler() => Rule<MuxPatternAnalyzer>.CheckAsync(
        Program("""mux.Handle("email", handler);""")
            + "\n" + WelcomeHandler.Replace("WelcomeEmail", "Email", StringComparison.Ordinal));

    [Fact]
    public Task Is_silent_where_the_longer_name_is_handled_elsewhere() => Rule<MuxPatternAnalyzer>.CheckAsync(
        "[assembly: HandledElsewhere(typeof(WelcomeEmail))]\n" + Program("""mux.Handle("email", handler);"""));

    private static string Program(string statement, string tasks = Tasks) =>
        $$"""
        {{tasks}}

        public static class Program
        {
            public static void Run(TaskMux mux, RawHandler handler, string given)
            {
                {{statement}}
            }
        }

        public static class Names
        {
            public const string Email = "email";

            public static void Handle(string pattern, RawHandler handler)
            {
            }
        }
        """;
}

using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3003GracePeriodIsTooShortTests
{
    [Fact]
    public Task Says_how_long_and_how_long_at_least() => Rule<OptionValueAnalyzer>.SaysAsync(
        "ASQ3003",
        "'GroupGracePeriod' is 0.5 s: groups are timed in whole seconds, give at least 1 second",
        Server("server.GroupGracePeriod = {|#0:TimeSpan.FromMilliseconds(500)|};"));

    [Theory]
    [InlineData("TimeSpan.FromSeconds(0.5)")]
    [InlineData("TimeSpan.FromSeconds(0)")]
    [InlineData("TimeSpan.FromSeconds(0, 999)")]
    [InlineData("TimeSpan.FromSeconds(value: -1)")]
    [InlineData("TimeSpan.FromMilliseconds(999)")]
    [InlineData("TimeSpan.FromMilliseconds(999.9)")]
    [InlineData("TimeSpan.FromMicroseconds(999_999)")]
    [InlineData("TimeSpan.FromMinutes(0.01)")]
    [InlineData("TimeSpan.FromHours(0)")]
    [InlineData("TimeSpan.FromDays(0.000001)")]
    [InlineData("TimeSpan.FromTicks(9_999_999)")]
    [InlineData("new TimeSpan()")]
    [InlineData("new TimeSpan(9_999_999)")]
    [InlineData("new TimeSpan(0, 0, 0)")]
    [InlineData("new TimeSpan(0, 0, 0, 0, 999)")]
    [InlineData("new TimeSpan(0, 0, 0, 0, 999, 999)")]
    [InlineData("new(0, 0, 0)")]
    [InlineData("TimeSpan.Zero")]
    [InlineData("TimeSpan.MinValue")]
    [InlineData("default")]
    [InlineData("default(TimeSpan)")]
    [InlineData("TimeSpan.Parse(\"00:00:00.5\")")]
    [InlineData("TimeSpan.Parse(\"0:0:0\", System.Globalization.CultureInfo.InvariantCulture)")]
    [InlineData("TimeSpan.ParseExact(\"0\", \"%s\", null)")]
    [InlineData("TimeSpan.FromSeconds(HalfSecond)")]
    [InlineData("TimeSpan.FromSeconds(ReadOnlyHalf)")]
    [InlineData("Short")]
    [InlineData("Elsewhere.Short")]
    [InlineData("ShortProperty")]
    [InlineData("local")]
    [InlineData("TimeSpan.FromSeconds(1) / 2")]
    [InlineData("TimeSpan.FromSeconds(1) * 0.5")]
    [InlineData("0.5 * TimeSpan.FromSeconds(1)")]
    [InlineData("TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1)")]
    [InlineData("TimeSpan.FromSeconds(1).Subtract(TimeSpan.FromTicks(1))")]
    [InlineData("-TimeSpan.FromSeconds(1)")]
    [InlineData("(TimeSpan.FromSeconds(0.5))")]
    public Task Reports_every_constant_form(string value) =>
        Rule<OptionValueAnalyzer>.CheckAsync(Server("server.GroupGracePeriod = " + Marked(value) + ";"));

    [Theory]
    [InlineData("server.GroupGracePeriod = flag ? {|ASQ3003:TimeSpan.Zero|} : TimeSpan.FromSeconds(2);")]
    [InlineData("server.GroupGracePeriod = given ?? {|ASQ3003:TimeSpan.FromSeconds(0.1)|};")]
    [InlineData("server.GroupGracePeriod = flag switch { true => {|ASQ3003:Short|}, _ => TimeSpan.FromSeconds(2) };")]
    [InlineData("var made = new AsynqServerOptions { GroupGracePeriod = {|ASQ3003:TimeSpan.Zero|} };")]
    public Task Reports_it_in_choices_and_initialisers(string statement) =>
        Rule<OptionValueAnalyzer>.CheckAsync(Server(statement));

    [Fact]
    public Task Reports_it_in_a_lambda_with_an_expression() => Rule<OptionValueAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) =>
                builder.AddServer(server => server.GroupGracePeriod = {|ASQ3003:TimeSpan.FromMilliseconds(500)|});
        }
        """);

    [Theory]
    [InlineData("TimeSpan.FromSeconds(1)")]
    [InlineData("TimeSpan.FromMilliseconds(1000)")]
    [InlineData("TimeSpan.FromSeconds(0, 1000)")]
    [InlineData("new TimeSpan(0, 0, 1)")]
    [InlineData("TimeSpan.Parse(\"00:00:01\")")]
    [InlineData("TimeSpan.Parse(\"nonsense\")")]
    [InlineData("TimeSpan.FromSeconds(0.5) * 2")]
    [InlineData("TimeSpan.MaxValue")]
    [InlineData("TimeSpan.FromSeconds(seconds)")]
    [InlineData("Mutable")]
    [InlineData("written")]
    public Task Is_silent_on_a_second_or_more_and_on_what_is_not_known(string value) =>
        Rule<OptionValueAnalyzer>.CheckAsync(Server($"server.GroupGracePeriod = {value};"));

    [Fact]
    public Task Is_silent_on_another_type_with_a_property_of_that_name() => Rule<OptionValueAnalyzer>.CheckAsync(
        """
        public sealed class Own
        {
            public TimeSpan GroupGracePeriod { get; set; } = TimeSpan.Zero;

            public static Own Make() => new() { GroupGracePeriod = TimeSpan.Zero };
        }
        """);

    [Fact]
    public Task Fix_sets_one_second() => Rule<OptionValueAnalyzer>.FixesAsync<SetGracePeriodFix>(
        Server(
            """
            server.GroupGracePeriod = {|ASQ3003:TimeSpan.FromMilliseconds(500)|}; // soon
            server.GroupGracePeriod = {|ASQ3003:default|};
            server.GroupGracePeriod = flag ? {|ASQ3003:Short|} : TimeSpan.FromSeconds(2);
            """),
        Server(
            """
            server.GroupGracePeriod = TimeSpan.FromSeconds(1); // soon
            server.GroupGracePeriod = TimeSpan.FromSeconds(1);
            server.GroupGracePeriod = flag ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(2);
            """));

    // Parentheses are no operation of their own: the report stands at what is in them.
    private static string Marked(string value) =>
        value.StartsWith('(') ? $"({{|ASQ3003:{value.Trim('(')[..^1]}|}})" : $"{{|ASQ3003:{value}|}}";

    private static string Server(string statements) =>
        $$"""
        public static class Program
        {
            public const double HalfSecond = 0.5;

            public static readonly double ReadOnlyHalf = HalfSecond;

            public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

            public static TimeSpan Mutable = TimeSpan.Zero;

            public static TimeSpan ShortProperty => Short;

            public static void Add(AsynqBuilder builder, bool flag, TimeSpan? given, double seconds) => builder.AddServer(server =>
            {
                var local = TimeSpan.FromSeconds(0.5);
                var written = TimeSpan.Zero;
                written = TimeSpan.FromSeconds(seconds);
                {{statements}}
            });
        }

        public static class Elsewhere
        {
            public static readonly TimeSpan Short = Program.Short;
        }
        """;
}

using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3008ScheduleIsNotValidTests
{
    [Fact]
    public Task Says_what_the_parser_says() => Rule<ScheduleAnalyzer>.SaysAsync(
        "ASQ3008",
        "Schedule '60 * * * *' is not valid: the minute field '60' reaches 60, above its highest value 59",
        Source.Body("""builder.AddPeriodicTask({|#0:"60 * * * *"|}, new Report());"""));

    [Theory]
    [InlineData("")]
    [InlineData("0 0 * * * *")]
    [InlineData("* * * * 7")]
    [InlineData("@Daily")]
    [InlineData("@every 5")]
    [InlineData("CRON_TZ=UTC")]
    [InlineData("TZ=Europe/Berlin 61 * * * *")]
    public Task Reports_it_in_the_attribute(string schedule) => Rule<ScheduleAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("report"), PeriodicTask("0 6 * * *"), PeriodicTask({|ASQ3008:"{{schedule}}"|}, Name = "other")]
        public sealed partial record Report;
        """);

    [Theory]
    [InlineData("""builder.AddPeriodicTask({|ASQ3008:"0 0 * *"|}, new Report());""")]
    [InlineData("""builder.AddPeriodicTask(task: new Report(), schedule: {|ASQ3008:"0 0 * *"|});""")]
    [InlineData("""builder.AddPeriodicTask(PeriodicTask.Create({|ASQ3008:"x"|}, new Report()));""")]
    [InlineData("""_ = PeriodicTask.CreateRaw({|ASQ3008:"@never"|}, "report", default);""")]
    [InlineData("""scheduler.Register({|ASQ3008:Times.Bad|}, new Report());""")]
    [InlineData("""scheduler.Register({|ASQ3008:Times.ReadOnly|}, new Report());""")]
    [InlineData("""scheduler.Register(flag ? "@daily" : {|ASQ3008:"@dayly"|}, new Report());""")]
    [InlineData("""var often = "* * * *"; scheduler.Register({|ASQ3008:often|}, new Report());""")]
    public Task Reports_every_way_to_a_schedule(string statement) => Rule<ScheduleAnalyzer>.CheckAsync(Source.Body(statement));

    [Theory]
    [InlineData("""scheduler.Register("*/5 0-6 1,15 jan-mar mon", new Report());""")]
    [InlineData("""scheduler.Register("@every 1h30m", new Report());""")]
    [InlineData("""scheduler.Register("CRON_TZ=Local @daily", new Report());""")]
    [InlineData("""scheduler.Register("*-5 * * * *", new Report());""")]
    [InlineData("""scheduler.Register(given, new Report());""")]
    [InlineData("""var changed = "x"; changed = given; scheduler.Register(changed, new Report());""")]
    [InlineData("""Own("x");""")]
    public Task Is_silent_on_schedules_and_on_what_is_not_known(string statement) =>
        Rule<ScheduleAnalyzer>.CheckAsync(Source.Body(statement));

    /// <summary>What the tests of schedules have in common.</summary>
    internal static class Source
    {
        internal static string Body(string statement) =>
            $$"""
            [AsynqTask("report")]
            public sealed partial record Report;

            public static class Shop
            {
                public static void Run(AsynqBuilder builder, AsynqScheduler scheduler, bool flag, string given)
                {
                    {{statement}}
                }

                private static void Own(string schedule)
                {
                }
            }

            public static class Times
            {
                public const string Bad = "@dayly";

                public static readonly string ReadOnly = Bad;

                public static readonly TimeZoneInfo Nowhere = TimeZoneInfo.FindSystemTimeZoneById("Nowhere/Land");
            }
            """;
    }
}

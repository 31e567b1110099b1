using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

/// <summary>On a machine that has the zones of the IANA database, as <see cref="This_machine_can_tell"/> holds.</summary>
public sealed class ASQ3010TimeZoneIsUnknownTests
{
    [Fact]
    public void This_machine_can_tell() => Assert.False(KnownZones.Lacks("Europe/Berlin") || !KnownZones.Lacks("Nowhere/Land"));

    [Fact]
    public Task Says_which_and_what_to_write() => Rule<ScheduleAnalyzer>.SaysAsync(
        "ASQ3010",
        "Time zone 'Europe/Munich' is not known where this is built: write an id of the IANA database, such as Europe/Berlin",
        Body("""scheduler.Register({|#0:"CRON_TZ=Europe/Munich 0 6 * * *"|}, new Report());"""));

    [Theory]
    [InlineData("""scheduler.Register({|ASQ3010:"TZ=Nowhere @daily"|}, new Report());""")]
    [InlineData("""scheduler.Register({|ASQ3010:"CRON_TZ=UTC+2 0 6 * * *"|}, new Report());""")]
    [InlineData("""scheduler.Register({|ASQ3010:"CRON_TZ=europe/berlin @every 1h"|}, new Report());""")]
    [InlineData("""scheduler.Register({|ASQ3010:"CRON_TZ=/usr/share/zoneinfo/UTC @daily"|}, new Report());""")]
    [InlineData("""_ = PeriodicTask.Create("@daily", new Report()) with { TimeZone = {|ASQ3010:Times.Nowhere|} };""")]
    [InlineData("""builder.AddScheduler(options => options.TimeZone = {|ASQ3010:TimeZoneInfo.FindSystemTimeZoneById("Nowhere")|});""")]
    public Task Reports_every_way_to_a_zone(string statement) => Rule<ScheduleAnalyzer>.CheckAsync(Body(statement));

    [Fact]
    public Task Reports_it_in_the_attribute() => Rule<ScheduleAnalyzer>.CheckAsync(
        """
        [AsynqTask("report"), PeriodicTask("@daily", TimeZone = {|ASQ3010:"Nowhere/Land"|})]
        public sealed partial record Report;
        """);

    [Theory]
    [InlineData("""scheduler.Register("CRON_TZ=Europe/Berlin 0 6 * * *", new Report());""")]
    [InlineData("""scheduler.Register("TZ=UTC @daily", new Report());""")]
    [InlineData("""scheduler.Register("TZ= @daily", new Report());""")]
    [InlineData("""scheduler.Register("CRON_TZ=Local @daily", new Report());""")]
    [InlineData("""_ = PeriodicTask.Create("@daily", new Report()) with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(given) };""")]
    [InlineData("""_ = PeriodicTask.Create("@daily", new Report()) with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") };""")]
    [InlineData("""_ = PeriodicTask.Create("@daily", new Report()) with { TimeZone = TimeZoneInfo.Utc };""")]
    [InlineData("""_ = TimeZoneInfo.FindSystemTimeZoneById("Nowhere");""")]
    public Task Is_silent_on_zones_and_on_what_is_not_known(string statement) => Rule<ScheduleAnalyzer>.CheckAsync(Body(statement));

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("UTC")]
    public Task Is_silent_on_a_zone_of_the_attribute(string zone) => Rule<ScheduleAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("report"), PeriodicTask("@daily", TimeZone = "{{zone}}")]
        public sealed partial record Report;
        """);

    private static string Body(string statement) => ASQ3008ScheduleIsNotValidTests.Source.Body(statement);
}

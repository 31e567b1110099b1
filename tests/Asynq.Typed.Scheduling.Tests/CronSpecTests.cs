using System.Globalization;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>What a spec may look like, and what a refusal says.</summary>
public sealed class CronSpecTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("60 * * * *", "the minute field '60' reaches 60, above its highest value 59")]
    [InlineData("* 24 * * *", "the hour field '24' reaches 24, above its highest value 23")]
    [InlineData("* * 0 * *", "the day-of-month field '0' begins at 0, below its lowest value 1")]
    [InlineData("* * * 13 *", "the month field '13' reaches 13, above its highest value 12")]
    [InlineData("* * * * 7", "the day-of-week field '7' reaches 7, above its highest value 6: Sunday is 0")]
    [InlineData("* * * FOO *", "the month field 'FOO' holds 'FOO', which is no number and no name of a value")]
    [InlineData("mon * * * *", "the minute field 'mon' holds 'mon', which is no number and no name of a value")]
    [InlineData("1-2-3 * * * *", "the minute field '1-2-3' has more than one '-' in '1-2-3'")]
    [InlineData("*/2/3 * * * *", "the minute field '*/2/3' has more than one '/' in '*/2/3'")]
    [InlineData("*/0 * * * *", "the minute field '*/0' has a step of 0: the smallest step is 1")]
    [InlineData("*/-1 * * * *", "the minute field '*/-1' holds -1, a negative number")]
    [InlineData("*/ * * * *", "the minute field '*/' lacks a number")]
    [InlineData("5- * * * *", "the minute field '5-' lacks a number")]
    [InlineData("-5 * * * *", "the minute field '-5' lacks a number")]
    [InlineData("+ * * * *", "the minute field '+' holds '+', which is no number")]
    [InlineData("1,x * * * *", "the minute field '1,x' holds 'x', which is no number and no name of a value")]
    [InlineData("99999999999999999999 * * * *", "the minute field '99999999999999999999' holds 99999999999999999999, which is too large")]
    [InlineData("70/5 * * * *", "the minute field '70/5' has a range that begins at 70 and ends before it, at 59")]
    [InlineData("1\u0000 * * * *", "the minute field '1\u0000' holds '1\u0000', which is no number and no name of a value")]
    [InlineData("\u2212" + "1 * * * *", "the minute field '\u2212" + "1' holds '\u2212" + "1', which is no number and no name of a value")]
    [InlineData("   ", "it has 0 fields and needs five: minute, hour, day of month, month, day of week")]
    [InlineData(" @daily", "it has 1 fields and needs five: minute, hour, day of month, month, day of week")]
    [InlineData("@daily ", "the descriptor '@daily ' is unknown: write @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or '@every DURATION'")]
    [InlineData("@Daily", "the descriptor '@Daily' is unknown: write @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or '@every DURATION'")]
    [InlineData("@every", "the descriptor '@every' is unknown: write @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or '@every DURATION'")]
    [InlineData("@every ", "the duration '' is empty")]
    [InlineData("@every 5", "the duration '5' lacks a unit: write ns, us, ms, s, m or h behind each number")]
    [InlineData("@every 1d", "the duration '1d' has the unknown unit 'd': write ns, us, ms, s, m or h")]
    [InlineData("@every 1h 30m", "the duration '1h 30m' has the unknown unit 'h ': write ns, us, ms, s, m or h")]
    [InlineData("@every  5s", "the duration ' 5s' has no number at position 1")]
    [InlineData("@every .s", "the duration '.s' has no number at position 1")]
    [InlineData("@every 2562048h", "the duration '2562048h' is too long: the longest is about 292 years")]
    [InlineData("@every 9223372036854775808ns", "the duration '9223372036854775808ns' is too long: the longest is about 292 years")]
    [InlineData("CRON_TZ=UTC", "a time zone stands alone: write the schedule behind it, after a space")]
    [InlineData("TZ=Local", "a time zone stands alone: write the schedule behind it, after a space")]
    public void A_bad_spec_is_refused_with_its_field_and_reason(string text, string expected)
    {
        Assert.Null(CronSchedule.Read(text, TimeZoneInfo.Utc, out var fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("Nowhere/Land")]
    [InlineData("utc")]
    [InlineData("europe/berlin")]
    [InlineData("America")]
    [InlineData("zone.tab")]
    [InlineData("../zoneinfo/UTC")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    [InlineData("UTC+12")]
    [InlineData("UTC\t*")]
    public void A_zone_is_one_of_the_IANA_database_as_it_is_spelled_there(string zone)
    {
        Assert.NotNull(CronZone.Find("Europe/Berlin"));

        Assert.Null(CronSchedule.Read($"TZ={zone} 0 0 * * *", TimeZoneInfo.Utc, out var fault));
        Assert.Equal(
            $"the time zone '{zone}' is unknown here: write an id of the IANA database, such as Europe/Berlin", fault);
    }

    [Theory]
    [InlineData("TZ= 0 12 * * *", "2030-01-02T12:00:00Z")]
    [InlineData("CRON_TZ=UTC 0 12 * * *", "2030-01-02T12:00:00Z")]
    [InlineData("CRON_TZ=Local 0 12 * * *", "2030-01-02T11:00:00Z")]
    [InlineData("CRON_TZ=Asia/Tokyo   @daily  ", "2030-01-02T15:00:00Z")]
    [InlineData("CRON_TZ=Asia/Tokyo @every 90s", "2030-01-02T03:05:35Z")]
    [InlineData("0\t12\u00a0*\n* *", "2030-01-02T11:00:00Z")]
    [InlineData("*-5 * * * *", "2030-01-02T03:05:00Z")]
    [InlineData("*-x/30 * * * *", "2030-01-02T03:30:00Z")]
    [InlineData("+7 * * * *", "2030-01-02T03:07:00Z")]
    [InlineData("007 * * * *", "2030-01-02T03:07:00Z")]
    [InlineData(",7,,9, * * * *", "2030-01-02T03:07:00Z")]
    [InlineData("10/9223372036854775807 * * * *", "2030-01-02T03:10:00Z")]
    [InlineData("0 0 * Feb-aPR SuN", "2030-02-02T23:00:00Z")]
    [InlineData("0 0 1 * */2", "2030-01-02T23:00:00Z")]
    [InlineData("0 0 1 * */1", "2030-01-31T23:00:00Z")]
    [InlineData("0 0 1 * 1,*", "2030-01-31T23:00:00Z")]
    [InlineData("@every -5s", "2030-01-02T03:04:06Z")]
    [InlineData("@every +1.5h", "2030-01-02T04:34:05Z")]
    [InlineData("@every 1999ms", "2030-01-02T03:04:06Z")]
    [InlineData("@every 0", "2030-01-02T03:04:06Z")]
    [InlineData("@every 1m1000000us1000000\u00b5s1000000\u03bcs.5s", "2030-01-02T03:05:08Z")]
    [InlineData("@every 1.00000000000000000000000000001h", "2030-01-02T04:04:05Z")]
    public void Odd_specs_that_the_reference_takes_are_taken(string text, string expected)
    {
        var schedule = CronSchedule.Read(text, CronZone.Find("Europe/Berlin")!, out var fault);

        Assert.Null(fault);
        Assert.Equal(At(expected), schedule!.Next(Start));
    }

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData(", * * * *")]
    [InlineData("* * , * *")]
    public void A_date_that_does_not_exist_never_comes(string text)
    {
        var schedule = CronSchedule.Read(text, TimeZoneInfo.Utc, out _);

        Assert.Null(schedule!.Next(Start));
    }

    [Fact]
    public void A_date_more_than_five_years_ahead_never_comes()
    {
        var schedule = CronSchedule.Read("0 0 29 2 *", TimeZoneInfo.Utc, out _)!;

        Assert.Equal(At("2104-02-29T00:00:00Z"), schedule.Next(At("2099-01-01T00:00:00Z")));
        Assert.Null(schedule.Next(At("2098-12-31T23:59:58Z")));
        Assert.Equal(At("2104-02-29T00:00:00Z"), schedule.Next(At("2098-12-31T23:59:59Z")));
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("@every 2562047h")]
    public void The_end_of_the_calendar_is_no_error(string text) =>
        Assert.Null(CronSchedule.Read(text, TimeZoneInfo.Utc, out _)!.Next(DateTimeOffset.MaxValue));

    [Fact]
    public void The_fraction_of_a_second_does_not_count()
    {
        var every = CronSchedule.Read("@every 10s", TimeZoneInfo.Utc, out _)!;
        var minutely = CronSchedule.Read("* * * * *", TimeZoneInfo.Utc, out _)!;

        Assert.Equal(Start.AddSeconds(10), every.Next(Start.AddMilliseconds(999)));
        Assert.Equal(At("2030-01-02T03:05:00Z"), minutely.Next(At("2030-01-02T03:04:59.999Z")));
        Assert.Equal(At("2030-01-02T03:06:00Z"), minutely.Next(At("2030-01-02T03:05:00.001Z")));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Where the wall clock is put forward or back.</summary>
public sealed class CronDaylightTests
{
    [Theory]
    // Put forward: a time that the clock skips does not happen; what is only defined by the hours around it does.
    [InlineData("Europe/Berlin", "30 2 * * *", "2030-03-30T12:00:00Z", "2030-04-01T00:30:00Z")]
    [InlineData("Europe/Berlin", "0 3 * * *", "2030-03-30T12:00:00Z", "2030-03-31T01:00:00Z")]
    [InlineData("Europe/Berlin", "*/30 1-3 31 3 *", "2030-03-31T00:00:00Z", "2030-03-31T00:30:00Z 2030-03-31T01:00:00Z 2030-03-31T01:30:00Z")]
    [InlineData("America/New_York", "0 2,3 * * *", "2030-03-10T05:30:00Z", "2030-03-10T07:00:00Z 2030-03-11T06:00:00Z")]
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2030-10-04T00:00:00Z", "2030-10-04T15:45:00Z 2030-10-06T15:15:00Z")]
    // Put forward at midnight: the day is shorter, not absent.
    [InlineData("Africa/Cairo", "0 12 * * 5", "2030-04-20T00:00:00Z", "2030-04-26T09:00:00Z")]
    [InlineData("Africa/Cairo", "0 0,1 26 4 *", "2030-04-20T00:00:00Z", "2030-04-25T22:00:00Z")]
    // Put back: a time that comes twice activates twice.
    [InlineData("Europe/Berlin", "30 2 * * *", "2030-10-26T12:00:00Z", "2030-10-27T00:30:00Z 2030-10-27T01:30:00Z 2030-10-28T01:30:00Z")]
    [InlineData("America/New_York", "30 1 * * *", "2030-11-02T12:00:00Z", "2030-11-03T05:30:00Z 2030-11-03T06:30:00Z 2030-11-04T06:30:00Z")]
    [InlineData("America/New_York", "@hourly", "2030-11-03T04:30:00Z", "2030-11-03T05:00:00Z 2030-11-03T06:00:00Z 2030-11-03T07:00:00Z")]
    // Put back across midnight: yesterday comes again.
    [InlineData("America/Havana", "0 0 * * 0", "2030-11-01T00:00:00Z", "2030-11-03T04:00:00Z 2030-11-03T05:00:00Z 2030-11-10T05:00:00Z")]
    [InlineData("America/St_Johns", "0,30 0,23 * * *", "2008-11-02T02:10:00Z", "2008-11-02T02:30:00Z 2008-11-02T03:00:00Z 2008-11-02T03:30:00Z 2008-11-02T04:00:00Z")]
    // A day that the zone left out altogether.
    [InlineData("Pacific/Apia", "0 12 * * *", "2011-12-29T00:00:00Z", "2011-12-29T22:00:00Z 2011-12-30T22:00:00Z")]
    public void Activations_follow_the_wall_clock(string zone, string spec, string from, string expected)
    {
        var schedule = CronSchedule.Read(spec, CronZone.Find(zone)!, out _)!;
        var instant = At(from);

        foreach (var text in expected.Split(' '))
        {
            instant = schedule.Next(instant)!.Value;
            Assert.Equal(At(text), instant);
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

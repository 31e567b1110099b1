using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Every recorded spec: the same activations, or a refusal.</summary>
public sealed class CronGoldenTests
{
    public static TheoryData<string> Rows => [.. GoldenRows.Read("cron.json").Select(row => row.GetRawText())];

    [Fact]
    public void The_recording_has_both_kinds_of_row()
    {
        var rows = GoldenRows.Read("cron.json");

        Assert.True(rows.Count >= 153);
        Assert.True(rows.Count(IsError) >= 13);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_holds(string json)
    {
        var row = JsonDocument.Parse(json).RootElement;
        var zone = CronZone.Find(row.GetProperty("location").GetString()!)!;
        var schedule = CronSchedule.Read(row.GetProperty("spec").GetString()!, zone, out var fault);

        if (IsError(row))
        {
            Assert.Null(schedule);
            Assert.Contains(ReasonOf(row.GetProperty("error").GetString()!), fault, StringComparison.Ordinal);
            return;
        }

        Assert.Null(fault);
        var instant = Instant(row.GetProperty("from"));
        foreach (var expected in row.GetProperty("next").EnumerateArray())
        {
            instant = schedule!.Next(instant) ?? throw new InvalidOperationException("No activation where one is recorded.");
            Assert.Equal(Instant(expected), instant);
            Assert.Equal(TimeSpan.Zero, instant.Offset);
        }
    }

    /// <summary>
    /// The one deviation: asynq's scheduler counts an interval from its own start, this one from 1970, so that several schedulers
    /// have their ticks in common. Every other schedule ticks as it is recorded.
    /// </summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_scheduler_ticks_as_recorded_but_counts_intervals_from_1970(string json)
    {
        var row = JsonDocument.Parse(json).RootElement;
        var zone = CronZone.Find(row.GetProperty("location").GetString()!)!;
        var spec = row.GetProperty("spec").GetString()!;
        if (IsError(row))
        {
            Assert.Throws<ArgumentException>(() => Timetable.Of(Scene.Raw(spec), zone));
            return;
        }

        var timetable = Timetable.Of(Scene.Raw(spec), zone);
        var interval = CronSchedule.Read(spec, zone, out _)!.Interval;
        var recorded = row.GetProperty("next").EnumerateArray().Select(Instant).ToList();
        var from = Instant(row.GetProperty("from"));
        var ticks = new List<DateTimeOffset>();
        for (var at = from; ticks.Count < recorded.Count; at = ticks[^1])
        {
            ticks.Add(timetable.Next(at)!.Value);
        }

        if (interval == TimeSpan.Zero)
        {
            Assert.Equal(recorded, ticks);
            return;
        }

        Assert.InRange(ticks[0], from + TimeSpan.FromTicks(1), from + interval);
        Assert.All(ticks, tick => Assert.Equal(0, (tick - DateTimeOffset.UnixEpoch).Ticks % interval.Ticks));
        Assert.Equal(recorded.Select(time => time - recorded[0]), ticks.Select(tick => tick - ticks[0]));
    }

    [Fact]
    public void An_interval_is_counted_from_1970_wherever_a_scheduler_starts()
    {
        var timetable = Timetable.Of(Scene.Raw("@every 1h30m"), TimeZoneInfo.Utc);
        var schedule = CronSchedule.Read("@every 1h30m", TimeZoneInfo.Utc, out _)!;
        var start = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

        Assert.Equal(new DateTimeOffset(2030, 1, 2, 4, 30, 0, TimeSpan.Zero), timetable.Next(start));
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 4, 34, 5, TimeSpan.Zero), schedule.Next(start));
    }

    private static bool IsError(JsonElement row) => row.TryGetProperty("error", out _);

    /// <summary>The words of ours that stand for the reference's reason.</summary>
    private static string ReasonOf(string error) => error switch
    {
        _ when error.Contains("above maximum", StringComparison.Ordinal) => "above its highest value",
        _ when error.Contains("beyond end of range", StringComparison.Ordinal) => "ends before it",
        _ when error.Contains("expected exactly 5 fields", StringComparison.Ordinal) => "needs five",
        _ when error.Contains("unrecognized descriptor", StringComparison.Ordinal) => "is unknown: write @yearly",
        _ when error.Contains("empty spec", StringComparison.Ordinal) => "is empty",
        _ when error.Contains("failed to parse int", StringComparison.Ordinal) => "no number",
        _ when error.Contains("bad location", StringComparison.Ordinal) => "time zone",
        _ => throw new InvalidOperationException($"This test knows no reason like '{error}'."),
    };

    private static DateTimeOffset Instant(JsonElement element) =>
        DateTimeOffset.Parse(element.GetString()!, CultureInfo.InvariantCulture);
}

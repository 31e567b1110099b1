using System.Globalization;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>
/// A row's clock, which stands still. <see cref="DateTimeOffset"/> counts hundreds of nanoseconds: the rest is in the
/// timestamp, which counts single ones.
/// </summary>
internal sealed class GoldenClock : TimeProvider
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly DateTimeOffset _now;

    public GoldenClock(string clock)
    {
        (_now, Nanoseconds) = Parse(clock);
    }

    /// <summary>Unix nanoseconds.</summary>
    public long Nanoseconds { get; }

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => Nanoseconds;

    /// <summary>Reads a time as Go writes it, with up to nine digits behind the point.</summary>
    public static (DateTimeOffset Time, long Nanoseconds) Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = DateTimeOffset.Parse(
            point < 0 ? text : text[..point] + "Z", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var fraction = point < 0
            ? 0
            : long.Parse(text[(point + 1)..^1].PadRight(9, '0'), CultureInfo.InvariantCulture);
        return (whole.AddTicks(fraction / 100), (whole.ToUnixTimeSeconds() * NanosecondsPerSecond) + fraction);
    }
}

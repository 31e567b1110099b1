using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>A due time as Redis holds it: a score of whole seconds, and the exact time where it is not whole.</summary>
/// <param name="Score">Unix seconds.</param>
/// <param name="Exact">Unix milliseconds, or empty where the score says it all.</param>
internal readonly record struct DueTime(RedisValue Score, RedisValue Exact)
{
    private const long MillisecondsPerSecond = 1_000;

    /// <summary>Of what is not due at a time.</summary>
    internal static readonly DueTime None = new("", "");

    internal static DueTime Of(DateTimeOffset at)
    {
        // Rounded up: a task must not start before its time.
        var ticks = Math.Min(at.UtcTicks + TimeSpan.TicksPerMillisecond - 1, DateTimeOffset.MaxValue.UtcTicks);
        var milliseconds = new DateTimeOffset(ticks, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return new DueTime(
            Math.DivRem(milliseconds, MillisecondsPerSecond, out var rest).ToString(CultureInfo.InvariantCulture),
            rest == 0 ? "" : milliseconds.ToString(CultureInfo.InvariantCulture));
    }
}

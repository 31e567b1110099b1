using Google.Protobuf.WellKnownTypes;

namespace Asynq.Typed.Inspection;

/// <summary>Times as other clients wrote them.</summary>
internal static class WireTime
{
    private const int NanosecondsPerTick = 100;
    private static readonly long First = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>The time; <c>null</c> where there is none: not written, Go's zero in year 1, or past every calendar.</summary>
    internal static DateTimeOffset? Of(Timestamp? time) =>
        time is null || time.Seconds <= First || time.Seconds > Last || time.Nanos is < 0 or > 999_999_999
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(time.Seconds).AddTicks(time.Nanos / NanosecondsPerTick);
}

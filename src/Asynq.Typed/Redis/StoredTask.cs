using System.Globalization;

namespace Asynq.Typed.Redis;

/// <summary>A task's fields as a script reads them, and what they mean.</summary>
internal readonly record struct StoredTask
{
    internal required string Id { get; init; }

    internal required string Queue { get; init; }

    internal required TaskState State { get; init; }

    /// <summary>The message; <c>null</c> where it cannot be read.</summary>
    internal required TaskMessage? Message { get; init; }

    internal required byte[] Result { get; init; }

    /// <summary>When a pending, scheduled or retried task is due; else <c>null</c>.</summary>
    internal required DateTimeOffset? NextProcessAt { get; init; }

    /// <summary>Why the task was archived unread, or why it cannot be read now; else empty.</summary>
    internal required string Reason { get; init; }

    /// <summary>When a task is due: the exact time where it lies within the second of the score, else the score.</summary>
    internal static DateTimeOffset? Due(string score, string exact)
    {
        if (!double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || !(Math.Abs(seconds) <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
        {
            return null;
        }

        var second = (long)Math.Floor(seconds);
        return long.TryParse(exact, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && Math.Floor(milliseconds / 1000d) == second
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : DateTimeOffset.FromUnixTimeSeconds(second);
    }

    /// <summary>What users are shown. A task whose message cannot be read is shown too, without type and payload.</summary>
    internal TaskInfo ToInfo()
    {
        var message = Message ?? new TaskMessage();
        return new TaskInfo
        {
            Id = Id,
            Queue = Queue,
            Type = message.Type,
            Payload = message.Payload.Memory,
            State = State,
            MaxRetry = message.Retry,
            Retried = message.Retried,
            LastError = Reason.Length > 0 ? Reason : TextOf(message.ErrorMsg),
            LastFailedAt = TimeOf(message.LastFailedAt),
            Timeout = SpanOf(message.Timeout),
            Deadline = TimeOf(message.Deadline),
            Group = TextOf(message.GroupKey),
            NextProcessAt = NextProcessAt,
            Retention = SpanOf(message.Retention),
            CompletedAt = TimeOf(message.CompletedAt),
            Result = Result,
            Headers = new Dictionary<string, string>(message.Headers, StringComparer.Ordinal),
        };
    }

    private static string? TextOf(string text) => text.Length == 0 ? null : text;

    // Whatever another client wrote must be shown, not thrown at the user: what .NET cannot hold is cut to what it can.
    private static DateTimeOffset? TimeOf(long unixSeconds) =>
        unixSeconds == 0
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(
                Math.Clamp(
                    unixSeconds,
                    DateTimeOffset.MinValue.ToUnixTimeSeconds(),
                    DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    private static TimeSpan SpanOf(long seconds)
    {
        const long Most = long.MaxValue / TimeSpan.TicksPerSecond;
        return new TimeSpan(Math.Clamp(seconds, -Most, Most) * TimeSpan.TicksPerSecond);
    }
}

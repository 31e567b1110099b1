using System.Globalization;

namespace Asynq.Typed;

/// <summary>The time for which a scheduler enqueued a task: that of the schedule, however late it was done.</summary>
public static class ScheduledTime
{
    /// <summary>The header that holds the time, as <c>2030-01-02T03:04:05Z</c>.</summary>
    public const string Header = "asynq-scheduled-at";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>When the schedule wanted the task, in UTC; <c>null</c> where no scheduler of this library enqueued it.</summary>
    public static DateTimeOffset? GetScheduledTime(this TaskContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Headers.TryGetValue(Header, out var text)
            && DateTimeOffset.TryParseExact(
                text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
    }

    internal static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Asynq.Typed.Rules;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Enqueue options as asynq writes them into scheduler entries, where its command-line tool and web UI show them.
/// </summary>
internal static class OptionText
{
    /// <summary>What is not as asynq has it by default, of a task type and of one enqueue.</summary>
    internal static IReadOnlyList<string> Of(TaskDescriptor task, EnqueueOptions options)
    {
        var queue = options.Queue ?? task.Queue;
        var maxRetry = options.MaxRetry ?? task.MaxRetry;
        var texts = new List<string>();
        Add(texts, queue != QueueName.Default, () => Queue(queue));
        Add(texts, maxRetry != TaskLimits.DefaultMaxRetry, () => MaxRetry(maxRetry));
        AddDuration(texts, options.Timeout ?? task.Timeout, Timeout);
        Add(texts, options.Deadline is not null, () => Deadline(options.Deadline!.Value));
        AddDuration(texts, options.UniqueFor ?? task.UniqueFor, Unique);
        AddDuration(texts, options.ProcessIn ?? TimeSpan.Zero, ProcessIn);
        Add(texts, options.ProcessAt is not null, () => ProcessAt(options.ProcessAt!.Value));
        Add(texts, options.TaskId is not null, () => TaskId(options.TaskId!));
        AddDuration(texts, options.Retention ?? task.Retention, Retention);
        Add(texts, options.Group is not null, () => Group(options.Group!));
        texts.AddRange((options.Headers ?? new Dictionary<string, string>())
            .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => Header(header.Key, header.Value)));
        return texts;
    }

    internal static string MaxRetry(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"MaxRetry({Math.Max(0, count)})");

    internal static string Queue(string name) => $"Queue({Quoted(name)})";

    internal static string TaskId(string id) => $"TaskID({Quoted(id)})";

    internal static string Group(string name) => $"Group({Quoted(name)})";

    internal static string Header(string key, string value) => $"Header([{Json(key)},{Json(value)}])";

    internal static string Timeout(TimeSpan timeout) => $"Timeout({GoDuration.Write(timeout)})";

    internal static string Deadline(DateTimeOffset deadline) => $"Deadline({UnixDate(deadline)})";

    internal static string Unique(TimeSpan ttl) => $"Unique({GoDuration.Write(ttl)})";

    internal static string ProcessIn(TimeSpan delay) => $"ProcessIn({GoDuration.Write(delay)})";

    internal static string ProcessAt(DateTimeOffset instant) => $"ProcessAt({UnixDate(instant)})";

    internal static string Retention(TimeSpan retention) => $"Retention({GoDuration.Write(retention)})";

    private static void AddDuration(List<string> texts, TimeSpan value, Func<TimeSpan, string> write) =>
        Add(texts, value > TimeSpan.Zero, () => write(value));

    private static void Add(List<string> texts, bool isSet, Func<string> write)
    {
        if (isSet)
        {
            texts.Add(write());
        }
    }

    /// <summary>A date as the Unix command writes it, in UTC, the day of the month padded by a space.</summary>
    private static string UnixDate(DateTimeOffset instant)
    {
        var utc = instant.UtcDateTime;
        return string.Create(
            CultureInfo.InvariantCulture, $"{utc:ddd MMM} {utc.Day,2} {utc:HH:mm:ss} UTC {utc:yyyy}");
    }

    /// <summary>A string as Go's <c>%q</c> writes it: visible characters as they are, all others escaped.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            AppendQuoted(quoted, rune);
        }

        return quoted.Append('"').ToString();
    }

    private static void AppendQuoted(StringBuilder quoted, Rune rune)
    {
        var escape = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            '\a' => @"\a",
            '\b' => @"\b",
            '\f' => @"\f",
            '\n' => @"\n",
            '\r' => @"\r",
            '\t' => @"\t",
            '\v' => @"\v",
            < ' ' or 0x7f => Hex("\\x", rune.Value, "x2"),
            _ when IsVisible(rune) => null,
            <= 0xffff => Hex("\\u", rune.Value, "x4"),
            _ => Hex("\\U", rune.Value, "x8"),
        };
        quoted.Append(escape ?? rune.ToString());
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>A string as Go's <c>encoding/json</c> writes it, which also escapes what HTML would read.</summary>
    private static string Json(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = rune.Value switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\b' => @"\b",
                '\f' => @"\f",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029 => Hex("\\u", rune.Value, "x4"),
                _ => null,
            };
            json.Append(escape ?? rune.ToString());
        }

        return json.Append('"').ToString();
    }

    private static string Hex(string prefix, int value, string format) =>
        prefix + value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Periodic tasks of a configuration section: one child each, whose key is the entry's name. When the configuration is
/// reloaded, so are they.
/// </summary>
internal sealed class ConfiguredPeriodicTasks(IConfiguration section) : IPeriodicTaskProvider
{
    private static readonly string[] KnownKeys =
    [
        "Schedule", "TimeZone", "Type", "Payload", "PayloadBase64", "Misfire", "MisfireLimit", "Queue", "MaxRetry", "Timeout",
        "ProcessIn", "TaskId", "Retention", "UniqueFor", "Group", "Headers", "TransformPayload",
    ];

    /// <summary>The tasks that can be read.</summary>
    public ValueTask<IReadOnlyCollection<PeriodicTask>> GetTasksAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read().Tasks);

    public IChangeToken? GetChangeToken() => section.GetReloadToken();

    /// <summary>The tasks, and the children that are none: one of them does not keep the others from running.</summary>
    internal GivenTasks Read()
    {
        var tasks = new List<PeriodicTask>();
        var faults = new List<UnreadableTask>();
        foreach (var item in section.GetChildren())
        {
            try
            {
                tasks.Add(Read(item));
            }
            catch (FormatException exception)
            {
                faults.Add(new UnreadableTask(item.Key, exception.Message));
            }
        }

        return new GivenTasks(tasks, faults);
    }

    /// <exception cref="FormatException">A value cannot be read; the message names it and the reason.</exception>
    private static PeriodicTask Read(IConfigurationSection item)
    {
        foreach (var child in item.GetChildren())
        {
            if (!KnownKeys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"'{child.Path}' is not known. The keys are {string.Join(", ", KnownKeys)}.");
            }
        }

        return PeriodicTask.CreateRaw(Required(item, "Schedule"), Required(item, "Type"), Payload(item), Options(item)) with
        {
            Name = item.Key,
            TimeZone = Zone(item),
            Misfire = Policy(item),
        };
    }

    private static EnqueueOptions Options(IConfigurationSection item) => new()
    {
        Queue = item["Queue"],
        MaxRetry = Number(item, "MaxRetry"),
        Timeout = Duration(item, "Timeout"),
        ProcessIn = Duration(item, "ProcessIn"),
        TaskId = item["TaskId"],
        Retention = Duration(item, "Retention"),
        UniqueFor = Duration(item, "UniqueFor"),
        Group = item["Group"],
        Headers = item.GetSection("Headers").GetChildren().ToDictionary(header => header.Key, header => header.Value ?? ""),
        TransformPayload = Flag(item, "TransformPayload"),
    };

    private static byte[] Payload(IConfigurationSection item)
    {
        var encoded = item["PayloadBase64"];
        if (encoded is null)
        {
            return Encoding.UTF8.GetBytes(item["Payload"] ?? "");
        }

        if (item["Payload"] is not null)
        {
            throw Fault(item, "PayloadBase64", "stands beside Payload: leave one of them out");
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            ? bytes[..length]
            : throw Fault(item, "PayloadBase64", "is no base64");
    }

    private static TimeZoneInfo? Zone(IConfigurationSection item) =>
        item["TimeZone"] is not { } id ? null
        : TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone
        : throw Fault(item, "TimeZone", $"is '{id}', which this system does not know: write an id such as Europe/Berlin");

    private static MisfirePolicy? Policy(IConfigurationSection item)
    {
        var limit = Number(item, "MisfireLimit");
        var name = item["Misfire"];
        if (limit is not null && !string.Equals(name, "All", StringComparison.OrdinalIgnoreCase))
        {
            throw Fault(item, "MisfireLimit", "goes with a Misfire of All");
        }

        return name?.ToUpperInvariant() switch
        {
            null => null,
            "SKIP" => MisfirePolicy.Skip,
            "ONCE" => MisfirePolicy.Once,
            "ALL" when limit is >= 1 and <= 1_000 => MisfirePolicy.All(limit.Value),
            "ALL" => throw Fault(item, "MisfireLimit", "is needed where Misfire is All: write a number from 1 to 1,000"),
            _ => throw Fault(item, "Misfire", $"is '{name}': write Skip, Once or All"),
        };
    }

    private static string Required(IConfigurationSection item, string key) =>
        item[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value : throw Fault(item, key, "is missing");

    private static int? Number(IConfigurationSection item, string key) =>
        item[key] is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw Fault(item, key, $"is '{text}', which is no whole number");

    private static bool? Flag(IConfigurationSection item, string key) =>
        item[key] is not { } text ? null
        : bool.TryParse(text, out var flag) ? flag
        : throw Fault(item, key, $"is '{text}': write true or false");

    private static TimeSpan? Duration(IConfigurationSection item, string key) =>
        item[key] is not { } text ? null
        : TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) ? duration
        : throw Fault(item, key, $"is '{text}', which is no duration: write [days.]hours:minutes:seconds, such as 00:01:30");

    private static FormatException Fault(IConfigurationSection item, string key, string reason) =>
        new($"'{item.Path}:{key}' {reason}.");
}

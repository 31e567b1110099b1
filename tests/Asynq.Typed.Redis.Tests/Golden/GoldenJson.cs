using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>The forms in which messages, tasks and times are recorded.</summary>
internal static partial class GoldenJson
{
    public static TaskMessage Message(JsonNode node) => new()
    {
        Type = (string)node["type"]!,
        Payload = Bytes(node["payload"]),
        Id = (string)node["id"]!,
        Queue = (string)node["queue"]!,
        Retry = (int)node["retry"]!,
        Retried = (int)node["retried"]!,
        ErrorMsg = (string)node["errorMsg"]!,
        Timeout = (long)node["timeout"]!,
        Deadline = (long)node["deadline"]!,
        UniqueKey = (string)node["uniqueKey"]!,
        LastFailedAt = (long)node["lastFailedAt"]!,
        Retention = (long)node["retention"]!,
        CompletedAt = (long)node["completedAt"]!,
        GroupKey = (string)node["groupKey"]!,
        Headers = { Headers(node["headers"]) },
    };

    public static JsonObject Of(TaskMessage message) => new()
    {
        ["completedAt"] = message.CompletedAt,
        ["deadline"] = message.Deadline,
        ["errorMsg"] = message.ErrorMsg,
        ["groupKey"] = message.GroupKey,
        ["headers"] = message.Headers.Count == 0 ? null : HeadersOf(message.Headers),
        ["id"] = message.Id,
        ["lastFailedAt"] = message.LastFailedAt,
        ["payload"] = message.Payload.ToBase64(),
        ["queue"] = message.Queue,
        ["retention"] = message.Retention,
        ["retried"] = message.Retried,
        ["retry"] = message.Retry,
        ["timeout"] = message.Timeout,
        ["type"] = message.Type,
        ["uniqueKey"] = message.UniqueKey,
    };

    /// <summary>A task as users see it. It does not show the name of its lock: a row's is left out in comparing.</summary>
    public static JsonObject Of(TaskInfo task) => new()
    {
        ["msg"] = new JsonObject
        {
            ["completedAt"] = task.CompletedAt?.ToUnixTimeSeconds() ?? 0,
            ["deadline"] = task.Deadline?.ToUnixTimeSeconds() ?? 0,
            ["errorMsg"] = task.LastError ?? "",
            ["groupKey"] = task.Group ?? "",
            ["headers"] = task.Headers.Count == 0 ? null : HeadersOf(task.Headers),
            ["id"] = task.Id,
            ["lastFailedAt"] = task.LastFailedAt?.ToUnixTimeSeconds() ?? 0,
            ["payload"] = Convert.ToBase64String(task.Payload.Span),
            ["queue"] = task.Queue,
            ["retention"] = (long)task.Retention.TotalSeconds,
            ["retried"] = task.Retried,
            ["retry"] = task.MaxRetry,
            ["timeout"] = (long)task.Timeout.TotalSeconds,
            ["type"] = task.Type,
        },
        ["nextProcessAt"] = task.NextProcessAt is { } at ? Of(at) : null,
        ["result"] = Convert.ToBase64String(task.Result.Span),
        ["state"] = task.State.ToString().ToLowerInvariant(),
    };

    public static string Of(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Of(Timestamp at) => Of(at.ToDateTimeOffset());

    public static Timestamp Timestamp(JsonNode? node)
    {
        const long NanosecondsPerSecond = 1_000_000_000;
        var (_, nanoseconds) = GoldenClock.Parse((string)node!);
        return new Timestamp
        {
            Seconds = nanoseconds / NanosecondsPerSecond,
            Nanos = (int)(nanoseconds % NanosecondsPerSecond),
        };
    }

    public static ByteString Bytes(JsonNode? base64) => ByteString.FromBase64((string?)base64 ?? "");

    /// <summary>
    /// A recorded result as far as .NET can hold it: times to 100 ns, and of a task without the name of its lock.
    /// </summary>
    public static JsonNode? Comparable(JsonNode? recorded, bool isTaskInfo) => recorded switch
    {
        JsonObject item => new JsonObject(
            item.Where(member => !(isTaskInfo && member.Key == "uniqueKey"))
                .Select(member => KeyValuePair.Create(member.Key, Comparable(member.Value, isTaskInfo)))),
        JsonArray list => new JsonArray([.. list.Select(item => Comparable(item, isTaskInfo))]),
        JsonValue value when value.TryGetValue<string>(out var text) && Time().IsMatch(text) =>
            Of(GoldenClock.Parse(text).Time),
        _ => recorded?.DeepClone(),
    };

    private static Dictionary<string, string> Headers(JsonNode? node) =>
        node?.AsObject().ToDictionary(header => header.Key, header => (string)header.Value!) ?? [];

    private static JsonObject HeadersOf(IEnumerable<KeyValuePair<string, string>> headers) =>
        new(headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Key, header.Value)));

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    private static partial Regex Time();
}

using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>One recorded operation: the database before it, the call, its result or error, the database after it.</summary>
internal sealed class GoldenRow(JsonObject row)
{
    public string Name { get; } = (string)row["name"]!;

    public string Operation { get; } = (string)row["op"]!;

    public string Clock { get; } = (string)row["clock"]!;

    public JsonObject Args { get; } = row["args"]?.AsObject() ?? [];

    public JsonNode? Result { get; } = row["result"];

    /// <summary>The reference's wording; <c>null</c> where it did as it was asked.</summary>
    public string? Error { get; } = (string?)row["error"] is { Length: > 0 } error ? error : null;

    /// <summary>A copy at each call: it is the test's to change.</summary>
    public Snapshot Before => Snapshot.Parse(row["before"]!.AsObject());

    /// <summary>A copy at each call: it is the test's to change.</summary>
    public Snapshot After => Snapshot.Parse(row["after"]!.AsObject());
}

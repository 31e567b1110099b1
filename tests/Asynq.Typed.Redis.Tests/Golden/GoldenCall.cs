using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>A row's call, and the broker to make it on.</summary>
internal sealed record GoldenCall(Redis.Broker Broker, GoldenRow Row, DateTimeOffset Now, CancellationToken Ct)
{
    /// <summary>The lease of asynq's servers.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public string Queue => Text("queue");

    public string Id => Text("id");

    public string? Group => (string?)Row.Args["group"];

    public string Text(string name) => (string)Row.Args[name]!;

    public int Number(string name) => (int)Row.Args[name]!;

    public TimeSpan Seconds(string name) => TimeSpan.FromSeconds((long)Row.Args[name]!);

    public DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeSeconds((long)Row.Args[name]!);

    public IEnumerable<string> Queues => Row.Args["queues"]!.AsArray().Select(queue => (string)queue!);

    public TaskMessage Message => GoldenJson.Message(Row.Args["msg"]!);

    /// <summary>A row knows no owner: its calls are not fenced.</summary>
    public LeasedTask Leased => Unfenced(Message);

    public LeasedTask Unfenced(TaskMessage message) => new(message, "", Now + Lease);
}

/// <summary>What came of a call, in the form of the recordings.</summary>
internal sealed record GoldenReply(JsonNode? Result, string? Error)
{
    public static readonly GoldenReply Nothing = new(null, null);

    /// <summary>A random id that this run made where the recording has another.</summary>
    public (string Ours, string Recorded)? Substitute { get; init; }

    public static GoldenReply Of(JsonNode? result) => new(result, null);

    public static GoldenReply Refused(string error) => new(null, error);

    public static GoldenReply Outcome(bool done, string refusal) => done ? Nothing : Refused(refusal);
}

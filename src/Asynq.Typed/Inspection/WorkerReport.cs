namespace Asynq.Typed;

/// <summary>A task that a server works on, as its last heartbeat tells.</summary>
public sealed record WorkerReport
{
    /// <summary>The name of the machine that the server runs on.</summary>
    public required string Host { get; init; }

    /// <summary>The id of the server's process on that machine.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The server's id.</summary>
    public required string ServerId { get; init; }

    /// <summary>The task's id.</summary>
    public required string TaskId { get; init; }

    /// <summary>The task's type name on the wire.</summary>
    public required string TaskType { get; init; }

    /// <summary>
    /// The task's payload as it is stored: compressed or encrypted where the task's is, which a worker's record does not say.
    /// <see cref="AsynqInspector.ViewPayloadAsync"/> shows what it was.
    /// </summary>
    public ReadOnlyMemory<byte> TaskPayload { get; init; }

    /// <summary>The queue that the task was taken from.</summary>
    public required string Queue { get; init; }

    /// <summary>When the attempt began; <c>null</c> where the server did not say.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the attempt ends at the latest; <c>null</c> where the server did not say.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

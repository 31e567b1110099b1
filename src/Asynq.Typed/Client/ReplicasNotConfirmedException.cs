using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>
/// A task is stored on the primary, but fewer replicas than were asked for are known to have it: a failover may lose it. Do not
/// enqueue it again under another id, for then it runs twice.
/// </summary>
public sealed class ReplicasNotConfirmedException : Exception
{
    internal ReplicasNotConfirmedException(TaskInfo task, ReplicaCount count, ReplicaWait wait)
        : base($"Task '{task.Id}' is stored in queue '{task.Queue}' on the primary, but "
            + (count.Doubt is { } doubt
                ? $"it is not known whether {wait.Replicas} replica(s) have it ({doubt})"
                : $"only {count.Confirmed} of {wait.Replicas} replica(s) confirmed it within {wait.Timeout.TotalMilliseconds:0} ms")
            + ": a failover may lose it. Do not enqueue it again under another id: it would run twice.")
    {
        Task = task;
        Confirmed = count.Confirmed;
        Replicas = wait.Replicas;
    }

    /// <summary>The task as it is stored.</summary>
    public TaskInfo Task { get; }

    /// <summary>How many replicas confirmed it; 0 where that cannot be told.</summary>
    public int Confirmed { get; }

    /// <summary>How many were asked for.</summary>
    public int Replicas { get; }
}

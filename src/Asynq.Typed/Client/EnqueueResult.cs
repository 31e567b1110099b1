using Asynq.Typed.Client;
using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>What became of a task that was to be enqueued.</summary>
public enum EnqueueStatus
{
    /// <summary>It is stored.</summary>
    Enqueued = 0,

    /// <summary>Refused: a task of the same type, queue and payload holds the unique lock.</summary>
    Duplicate = 1,

    /// <summary>Refused: the queue has a task with the same id.</summary>
    IdConflict = 2,

    /// <summary>
    /// Only where many tasks are enqueued: <see cref="EnqueueResult.Error"/> says why. The task is not known to be stored, but
    /// may be where the connection was lost on the way. Enqueued again with the same id, it is not doubled as long as the first is there.
    /// </summary>
    Failed = 3,

    /// <summary>
    /// Only after <see cref="AsynqClient.WaitForReplicas"/>: it is stored, but too few replicas are known to have it, so that a
    /// failover may lose it. Not to be enqueued again under another id.
    /// </summary>
    NotConfirmed = 4,
}

/// <summary>What became of a task that was to be enqueued, without an exception for those that were refused.</summary>
public sealed class EnqueueResult
{
    private readonly EnqueuePlan? _plan;
    private TaskInfo? _attempted;

    private EnqueueResult(EnqueueStatus status, EnqueuePlan? plan, Exception? error)
    {
        Status = status;
        _plan = plan;
        Error = error;
    }

    /// <summary>Whether the task is stored, and if not, why.</summary>
    public EnqueueStatus Status { get; }

    /// <summary>The task as it is stored; <c>null</c> where it is not, or that is not known.</summary>
    public TaskInfo? Task =>
        Status is EnqueueStatus.Enqueued or EnqueueStatus.NotConfirmed ? Attempted : null;

    /// <summary>
    /// The id of the task, stored or not. Enqueued again with it, a task that may be stored already is not doubled, as long as
    /// that one is there. <c>null</c> where it failed before it had one.
    /// </summary>
    public string? TaskId => _plan?.Message.Id;

    /// <summary>Why the task failed or is not confirmed; <c>null</c> where neither is so.</summary>
    public Exception? Error { get; }

    /// <summary>
    /// The task as it is or would have been stored; <c>null</c> where it could not be composed. Made when it is first asked
    /// for: of many, few are.
    /// </summary>
    internal TaskInfo? Attempted =>
        _attempted ?? (_plan is null ? null : Interlocked.CompareExchange(ref _attempted, _plan.ToInfo(), null) ?? _attempted);

    internal static EnqueueResult Of(EnqueuePlan plan, EnqueueOutcome outcome, Exception? error = null) => new(
        outcome switch
        {
            EnqueueOutcome.Enqueued => EnqueueStatus.Enqueued,
            EnqueueOutcome.Duplicate => EnqueueStatus.Duplicate,
            EnqueueOutcome.IdConflict => EnqueueStatus.IdConflict,
            _ => EnqueueStatus.Failed,
        },
        plan,
        error);

    /// <summary>This result of a stored task, when it is known how many replicas have it.</summary>
    internal EnqueueResult Confirmed(ReplicaCount count, ReplicaWait wait) => count.Confirmed >= wait.Replicas
        ? this
        : new EnqueueResult(
            EnqueueStatus.NotConfirmed, _plan, new ReplicasNotConfirmedException(Attempted!, count, wait));

    internal static EnqueueResult Fault(Exception error) => new(EnqueueStatus.Failed, null, error);
}

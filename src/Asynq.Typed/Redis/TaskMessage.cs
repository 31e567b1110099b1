namespace Asynq.Typed.Redis;

/// <summary>What the protobuf compiler does not give the message.</summary>
internal sealed partial class TaskMessage
{
    /// <summary>The message as users see a task.</summary>
    /// <param name="state">Where the task is.</param>
    /// <param name="nextProcessAt">When it is due; <c>null</c> where its state has no such time.</param>
    internal TaskInfo ToInfo(TaskState state, DateTimeOffset? nextProcessAt) =>
        new StoredTask
        {
            Id = Id,
            Queue = Queue,
            State = state,
            Message = this,
            Result = [],
            NextProcessAt = nextProcessAt,
            Reason = "",
        }.ToInfo();
}

using System.Collections;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// What every log line of a handler carries: which attempt at which task it is about. Where no log has scopes, it costs nothing.
/// </summary>
internal readonly struct TaskLogScope(ActiveTask attempt) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 7;

    private TaskMessage Message => attempt.Message;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("TaskId", Message.Id),
        1 => new("TaskType", Message.Type),
        2 => new("Queue", Message.Queue),
        3 => new("Group", Message.GroupKey.Length == 0 ? null : Message.GroupKey),
        4 => new("RetryCount", Message.Retried),
        5 => new("MaxRetry", Message.Retry),
        6 => new("Deadline", attempt.Deadline),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    public override string ToString() =>
        $"TaskId:{Message.Id} TaskType:{Message.Type} Queue:{Message.Queue} Group:{Message.GroupKey} "
        + $"RetryCount:{Message.Retried} MaxRetry:{Message.Retry} Deadline:{attempt.Deadline:O}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

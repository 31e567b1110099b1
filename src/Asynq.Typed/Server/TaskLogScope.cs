using System.Collections;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>What every log line of a handler carries: which task it is about.</summary>
internal sealed class TaskLogScope(TaskMessage message) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 4;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("TaskId", message.Id),
        1 => new("TaskType", message.Type),
        2 => new("Queue", message.Queue),
        3 => new("RetryCount", message.Retried),
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
        $"TaskId:{message.Id} TaskType:{message.Type} Queue:{message.Queue} RetryCount:{message.Retried}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

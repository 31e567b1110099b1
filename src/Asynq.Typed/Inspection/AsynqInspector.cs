using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>Looks into queues. Safe for concurrent use. <c>AddAsynq()</c> registers it.</summary>
public sealed class AsynqInspector
{
    private readonly BrokerSource _source;

    internal AsynqInspector(BrokerSource source) => _source = source;

    /// <summary>One task, with its result if it has one.</summary>
    /// <returns>The task; <c>null</c> where the queue has none with this id.</returns>
    /// <exception cref="ArgumentException"><paramref name="queue"/> cannot be a queue's name.</exception>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<TaskInfo?> GetTaskAsync(string queue, string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        return await broker.GetTaskInfoAsync(queue, taskId, cancellationToken).ConfigureAwait(false);
    }
}

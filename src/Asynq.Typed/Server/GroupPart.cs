using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>Tasks of an aggregation set that become one batch.</summary>
/// <param name="Types">Their types, as the log says it.</param>
/// <param name="Tasks">The tasks, oldest first.</param>
/// <param name="AggregateAsync">Makes the batch; <c>null</c> where there is to be none.</param>
internal sealed record GroupPart(
    string Types,
    IReadOnlyList<TaskMessage> Tasks,
    Func<GroupContext, IServiceProvider, CancellationToken, ValueTask<AggregatedBatch?>> AggregateAsync)
{
    internal IReadOnlyList<string> Ids { get; } = [.. Tasks.Select(task => task.Id)];
}

using Microsoft.Extensions.DependencyInjection;

namespace Asynq.Typed;

/// <summary>Aggregates the tasks of one type in a group. Made by the source generator for each
/// <see cref="IAggregate{TTask, TBatch}"/>.</summary>
public abstract class GroupAggregator
{
    private protected GroupAggregator()
    {
    }

    /// <summary>The tasks that it aggregates.</summary>
    public abstract TaskDescriptor Task { get; }

    /// <summary>The task that takes their place.</summary>
    public abstract TaskDescriptor Batch { get; }

    /// <summary>Reads one task of a group.</summary>
    /// <exception cref="PayloadException">The bytes are not one of this type.</exception>
    internal abstract object Read(ReadOnlyMemory<byte> payload);

    /// <summary>Aggregates tasks that <see cref="Read"/> returned.</summary>
    /// <returns>The batch; <c>null</c> where the aggregator made none.</returns>
    internal abstract ValueTask<AggregatedBatch?> AggregateAsync(
        GroupContext group, IReadOnlyList<object> tasks, IServiceProvider services, CancellationToken cancellationToken);
}

/// <summary>Aggregates the tasks of one type by an aggregator of the application's. Used by generated code.</summary>
/// <typeparam name="TTask">The tasks of the group.</typeparam>
/// <typeparam name="TBatch">The task that takes their place.</typeparam>
/// <typeparam name="TAggregator">The aggregator, resolved from the batch's scope.</typeparam>
public sealed class GroupAggregator<TTask, TBatch, TAggregator> : GroupAggregator
    where TTask : IAsynqTask<TTask>
    where TBatch : IAsynqTask<TBatch>
    where TAggregator : IAggregate<TTask, TBatch>
{
    /// <inheritdoc />
    public override TaskDescriptor Task => TTask.Descriptor;

    /// <inheritdoc />
    public override TaskDescriptor Batch => TBatch.Descriptor;

    internal override object Read(ReadOnlyMemory<byte> payload) => TTask.Read(payload);

    internal override async ValueTask<AggregatedBatch?> AggregateAsync(
        GroupContext group, IReadOnlyList<object> tasks, IServiceProvider services, CancellationToken cancellationToken)
    {
        var aggregator = services.GetRequiredService<TAggregator>();
        var typed = new TTask[tasks.Count];
        for (var i = 0; i < typed.Length; i++)
        {
            typed[i] = (TTask)tasks[i];
        }

        var result = await aggregator.AggregateAsync(group, typed, cancellationToken).ConfigureAwait(false);
        if (!result.HasBatch)
        {
            return null;
        }

        return new AggregatedBatch(TaskBody.Of(result.Batch, result.Options), result.Options);
    }
}

/// <summary>What an aggregator made.</summary>
/// <param name="Body">The batch.</param>
/// <param name="Options">How to enqueue it; <c>null</c> for as its type says.</param>
internal sealed record AggregatedBatch(TaskBody Body, EnqueueOptions? Options);

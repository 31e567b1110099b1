using System.Diagnostics.CodeAnalysis;

namespace Asynq.Typed;

/// <summary>What has become of the tasks of a group: a batch, or nothing.</summary>
/// <typeparam name="TBatch">The task that takes their place.</typeparam>
public readonly struct AggregateResult<TBatch>
{
    /// <summary>A batch.</summary>
    /// <param name="batch">The task that takes the place of the others.</param>
    /// <param name="options">How to enqueue it; the queue in it is ignored, for a batch stays in its group's queue, and
    /// a group in it is refused. Default: as its type says.</param>
    public AggregateResult(TBatch batch, EnqueueOptions? options = null)
    {
        Batch = batch;
        Options = options;
        HasBatch = batch is not null;
    }

    /// <summary>No batch: the tasks go back to their group.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "A value of it.")]
    public static AggregateResult<TBatch> Nothing => default;

    /// <summary>Whether there is a batch.</summary>
    [MemberNotNullWhen(true, nameof(Batch))]
    public bool HasBatch { get; }

    /// <summary>The task that takes the place of the others.</summary>
    public TBatch? Batch { get; }

    /// <summary>How to enqueue it; <c>null</c> for as its type says.</summary>
    public EnqueueOptions? Options { get; }

    /// <summary>A batch that is enqueued as its type says.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructor is it.")]
    public static implicit operator AggregateResult<TBatch>(TBatch batch) => new(batch);
}

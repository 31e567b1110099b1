using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;

namespace Asynq.Typed.Server;

/// <summary>What a handler sees of its attempt.</summary>
internal sealed class AttemptContext(
    ActiveTask attempt, Broker broker, TransformChain transforms, IServiceProvider services) : TaskContext
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    // Empty until it is asked for. One that is empty is opened each time.
    private ReadOnlyMemory<byte> _payload;

    public override string TaskId => attempt.Message.Id;

    public override string Type => attempt.Message.Type;

    public override string Queue => attempt.Message.Queue;

    public override string? Group => attempt.Message.GroupKey.Length == 0 ? null : attempt.Message.GroupKey;

    public override ReadOnlyMemory<byte> Payload => _payload.IsEmpty ? _payload = Open() : _payload;

    public override int RetryCount => attempt.Message.Retried;

    public override int MaxRetry => attempt.Message.Retry;

    public override DateTimeOffset Deadline => attempt.Deadline;

    public override IReadOnlyDictionary<string, string> Headers { get; } =
        attempt.Message.Headers.Count == 0 ? NoHeaders : attempt.Message.HeadersOfUser();

    public override IServiceProvider Services => services;

    public override async Task<bool> WriteResultAsync(
        ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default) =>
        attempt.Reason != StopReason.LeaseLost
        && await broker
            .WriteResultAsync(attempt.Leased, transforms.StoredResult(attempt.Message, result), cancellationToken)
            .ConfigureAwait(false) == LeaseOutcome.Written;

    /// <summary>Not before somebody asks: a task that has no handler here is not to fail for a key that it lacks.</summary>
    private ReadOnlyMemory<byte> Open()
    {
        try
        {
            return transforms.PayloadOf(attempt.Message);
        }
        catch (PayloadException exception)
        {
            throw new UnreadableTaskException(TaskId, Type, exception);
        }
    }
}

using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>What a handler sees of its attempt.</summary>
internal sealed class AttemptContext(ActiveTask attempt, Broker broker, IServiceProvider services) : TaskContext
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    public override string TaskId => attempt.Message.Id;

    public override string Type => attempt.Message.Type;

    public override string Queue => attempt.Message.Queue;

    public override string? Group => attempt.Message.GroupKey.Length == 0 ? null : attempt.Message.GroupKey;

    public override ReadOnlyMemory<byte> Payload => attempt.Message.Payload.Memory;

    public override int RetryCount => attempt.Message.Retried;

    public override int MaxRetry => attempt.Message.Retry;

    public override DateTimeOffset Deadline => attempt.Deadline;

    public override IReadOnlyDictionary<string, string> Headers { get; } =
        attempt.Message.Headers.Count == 0 ? NoHeaders : new Dictionary<string, string>(attempt.Message.Headers);

    public override IServiceProvider Services => services;

    public override async Task<bool> WriteResultAsync(
        ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default) =>
        attempt.Reason != StopReason.LeaseLost
        && await broker.WriteResultAsync(attempt.Leased, result, cancellationToken).ConfigureAwait(false)
            == LeaseOutcome.Written;
}

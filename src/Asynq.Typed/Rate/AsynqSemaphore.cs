using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>
/// A counting semaphore that all servers on one Redis share: at most so many tasks hold a token of its scope at any time. It is
/// that of asynq's package <c>rate</c>, so Go handlers may share it. Safe for concurrent use.
/// <code>
/// await using var token = await semaphore.TryAcquireAsync(context, cancellationToken)
///     ?? throw new DeferTaskException(TimeSpan.FromSeconds(5), "The printer is busy.");
/// </code>
/// <c>UseSemaphore</c> does this around handlers.
/// </summary>
/// <remarks>
/// A token belongs to the task's id, and is free again at the attempt's deadline at the latest: what a crashed server held comes
/// back then, and a handler that goes on after its deadline is no longer counted. Ids are unique within a queue: two tasks of
/// different queues that were given the same id share a token.
/// </remarks>
public sealed class AsynqSemaphore
{
    private readonly BrokerSource _source;

    /// <summary>A semaphore on the Redis of <paramref name="client"/>, whose connection it uses.</summary>
    /// <param name="client">The client.</param>
    /// <param name="scope">What is limited, such as <c>payment-api</c>. Not blank.</param>
    /// <param name="maxTokens">How many tokens there are, the same wherever the scope is used. At least 1.</param>
    /// <exception cref="ArgumentException">The scope is blank or no valid UTF-16.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There would be no token.</exception>
    public AsynqSemaphore(AsynqClient client, string scope, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        Utf16.Require(scope, "A semaphore's scope", nameof(scope));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _source = client.Source;
        Scope = scope;
        MaxTokens = maxTokens;
    }

    /// <summary>What is limited.</summary>
    public string Scope { get; }

    /// <summary>How many tokens there are.</summary>
    public int MaxTokens { get; }

    /// <summary>Takes a token for an attempt. One that an earlier attempt of the task has left behind is taken over.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="cancellationToken">Gives up before Redis is asked.</param>
    /// <returns>The token, to be disposed when it is no longer needed; <c>null</c> where none is free.</returns>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    /// <exception cref="RedisRefusedException">Redis refused.</exception>
    /// <exception cref="InvalidOperationException">The semaphore's key in Redis is something else; the message names it.</exception>
    public async Task<SemaphoreToken?> TryAcquireAsync(TaskContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);

        // The deadline is by this machine's clock; tokens are compared by that of Redis.
        var left = context.Deadline - _source.Time.GetUtcNow();
        var now = broker.Now;
        var deadline = left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
        return await broker.AcquireTokenAsync(Scope, MaxTokens, context.TaskId, deadline, cancellationToken)
            .ConfigureAwait(false) is { } score
                ? new SemaphoreToken(broker, Scope, context.TaskId, score)
                : null;
    }
}

using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>A token of an <see cref="AsynqSemaphore"/> that an attempt holds.</summary>
public sealed class SemaphoreToken : IAsyncDisposable
{
    private readonly Broker _broker;
    private readonly string _scope;
    private readonly string _taskId;
    private readonly long _score;
    private int _released;

    internal SemaphoreToken(Broker broker, string scope, string taskId, long score)
    {
        _broker = broker;
        _scope = scope;
        _taskId = taskId;
        _score = score;
    }

    /// <summary>
    /// Gives the token back. One that has expired, or that a later attempt of the task has taken over, is left alone. A second
    /// call does nothing, unless the first one failed.
    /// </summary>
    /// <param name="cancellationToken">Gives up before Redis is told. Not the attempt's: a cancelled one frees its token too.</param>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached; the token expires at the attempt's deadline.</exception>
    /// <exception cref="RedisRefusedException">Redis refused; the token expires at the attempt's deadline.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _released) == 1)
        {
            return;
        }

        await _broker.ReleaseTokenAsync(_scope, _taskId, _score, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _released, 1);
    }

    /// <summary>
    /// Gives the token back as <see cref="ReleaseAsync"/> does. Where Redis cannot be told, the token is left to expire: work that
    /// is done must not fail for it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
        {
            // Documented: it expires at the attempt's deadline.
        }
    }
}

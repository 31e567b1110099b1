using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>
/// One broker, made when it is first asked for and shared from then on. Callers that come while it is being made wait
/// for the same attempt; one that fails is forgotten, so that the next caller tries again.
/// </summary>
internal sealed class BrokerSource(
    Func<CancellationToken, ValueTask<RedisConnection>> connect, TimeProvider time, ArchiveLimits? archive = null)
    : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// How long one attempt to connect may take. The client library bounds its own tries, but waits without end for a cluster's
    /// node that was lost while it was asked who belongs to the cluster.
    /// </summary>
    internal static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposing = new();
    private Task<Connected>? _attempt;
    private bool _disposed;

    /// <summary>The clock of this process.</summary>
    internal TimeProvider Time => time;

    private sealed record Connected(RedisConnection Connection, Broker Broker);

    /// <summary>A source of its own, connected.</summary>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    internal static async Task<BrokerSource> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var source = new BrokerSource(
            async ct => await RedisConnection.ConnectAsync(connectionString, ct).ConfigureAwait(false), TimeProvider.System);
        try
        {
            await source.GetAsync(cancellationToken).ConfigureAwait(false);
            return source;
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A source on a multiplexer that somebody else owns.</summary>
    internal static BrokerSource On(IConnectionMultiplexer multiplexer)
    {
        ArgumentNullException.ThrowIfNull(multiplexer);
        return new BrokerSource(_ => ValueTask.FromResult(RedisConnection.Wrap(multiplexer)), TimeProvider.System);
    }

    /// <summary>The broker.</summary>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    internal async ValueTask<Broker> GetAsync(CancellationToken cancellationToken)
    {
        Task<Connected> attempt;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_attempt is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _attempt = Task.Run(ConnectAsync, CancellationToken.None);
                _ = ObserveAsync(_attempt);
            }

            attempt = _attempt;
        }

        var broker = (await attempt.WaitAsync(cancellationToken).ConfigureAwait(false)).Broker;
        await broker.RefreshClockAsync(cancellationToken).ConfigureAwait(false);
        return broker;
    }

    /// <summary>Closes the connection that was made, if one was.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<Connected>? attempt;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            attempt = _attempt;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        if (attempt is not null)
        {
            await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt.IsCompletedSuccessfully)
            {
                await (await attempt.ConfigureAwait(false)).Connection.DisposeAsync().ConfigureAwait(false);
            }
        }

        _disposing.Dispose();
    }

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for a service provider that is disposed synchronously: the connection is closed, but not
    /// waited for.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    // Those who wait for it may all give up: then its failure is nobody's, and no unobserved error either.
    private static async Task ObserveAsync(Task attempt) =>
        await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<Connected> ConnectAsync()
    {
        using var deadline = new CancellationTokenSource(LongestAttempt, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _disposing.Token);
        var connecting = ConnectAsync(ending.Token);
        try
        {
            return await connecting.WaitAsync(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            _ = DisposeWhenMadeAsync(connecting);
            _disposing.Token.ThrowIfCancellationRequested();
            throw new RedisUnreachableException(
                $"Redis could not be reached: connecting took longer than {LongestAttempt.TotalSeconds:0} s. Look whether each of its "
                + "nodes answers; the next call tries again.");
        }
    }

    private async Task<Connected> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await connect(cancellationToken).ConfigureAwait(false);
        try
        {
            var broker = new Broker(connection, time) { Archive = archive ?? new ArchiveLimits() };
            await broker.SampleClockAsync(cancellationToken).ConfigureAwait(false);
            return new Connected(connection, broker);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes what was given up on, should it come about after all.</summary>
    private static async Task DisposeWhenMadeAsync(Task<Connected> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            await (await connecting.ConfigureAwait(false)).Connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}

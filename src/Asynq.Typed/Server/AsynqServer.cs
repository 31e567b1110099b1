using System.Runtime.InteropServices;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Server;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed;

/// <summary>
/// Takes tasks from queues and runs their handlers. <c>AddServer()</c> registers it, and the host starts and stops it. It goes
/// from <see cref="AsynqServerState.New"/> through <see cref="AsynqServerState.Active"/> and
/// <see cref="AsynqServerState.Stopped"/> to <see cref="AsynqServerState.Closed"/>, and never back.
/// </summary>
public sealed class AsynqServer : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnreachableLogInterval = TimeSpan.FromSeconds(30);

    private readonly BrokerSource _source;
    private readonly ServerSettings _settings;
    private readonly TaskRouter _router;
    private readonly IServiceScopeFactory _scopes;
    private readonly TransformChain _transforms;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogLimiter _unreachable;
    private readonly CancellationTokenSource _connecting = new();
    private readonly Lock _lock = new();
    private AsynqServerState _state;
    private Task _starting = Task.CompletedTask;
    private ServerRuntime? _runtime;
    private Task? _shutdown;

    internal AsynqServer(
        BrokerSource source,
        ServerSettings settings,
        TaskRouter router,
        IServiceScopeFactory scopes,
        TimeProvider time,
        ILogger<AsynqServer> logger,
        TransformChain? transforms = null)
    {
        _source = source;
        _settings = settings;
        _router = router;
        _scopes = scopes;
        _transforms = transforms ?? TransformChain.None;
        _time = time;
        _logger = new GuardedLogger(logger);
        _unreachable = new LogLimiter(time, UnreachableLogInterval);
    }

    /// <summary>Where the server is in its life.</summary>
    public AsynqServerState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>
    /// Starts the server. If Redis cannot be reached, that is logged and tried again in the background until it can.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server was started before, or no Redis is configured.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource started;
        lock (_lock)
        {
            if (_state != AsynqServerState.New)
            {
                throw new InvalidOperationException(_state switch
                {
                    AsynqServerState.Active => "The server is already running.",
                    AsynqServerState.Stopped => "The server is stopped and waits to be shut down; it cannot be started again.",
                    _ => "The server is closed; it cannot be started again. Make a new one.",
                });
            }

            _state = AsynqServerState.Active;
            started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _starting = started.Task;
        }

        foreach (var queue in _settings.IgnoredQueues)
        {
            ServerLog.QueueIgnored(_logger, queue);
        }

        await StartFirstAsync(started, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more tasks; those that run go on. Does nothing unless the server is active.</summary>
    public void Stop()
    {
        ServerRuntime? runtime;
        lock (_lock)
        {
            if (_state != AsynqServerState.Active)
            {
                return;
            }

            _state = AsynqServerState.Stopped;
            runtime = _runtime;
        }

        runtime?.Stop();
        ServerLog.Stopped(_logger);
    }

    /// <summary>
    /// Stops the server, waits for running tasks up to <see cref="AsynqServerOptions.ShutdownTimeout"/>, and puts those that
    /// have not ended back at the head of their queue, with no attempt spent. Does nothing if the server was not started.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for running tasks early.</param>
    public Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        Stop();
        lock (_lock)
        {
            return _state == AsynqServerState.New
                ? Task.CompletedTask
                : _shutdown ??= ShutdownOnceAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Starts the server and runs it until the process is told to end (SIGINT, SIGTERM) or the token is cancelled; then shuts it
    /// down. SIGTSTP, where the platform has it, only stops it from taking new tasks. For programs without a host.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server was started before, or no Redis is configured.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var suspended = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGTSTP, signal =>
            {
                signal.Cancel = true;
                Stop();
            });
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // To be told to end while it connects is as good a moment as any other.
            return;
        }

        await using (cancellationToken.UnsafeRegister(
            static state => ((TaskCompletionSource)state!).TrySetResult(), end).ConfigureAwait(false))
        {
            await end.Task.ConfigureAwait(false);
        }

        await ShutdownAsync(CancellationToken.None).ConfigureAwait(false);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.TrySetResult();
        }
    }

    /// <summary>Asks Redis whether it answers.</summary>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task PingAsync(CancellationToken cancellationToken = default)
    {
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        await broker.PingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shuts the server down.</summary>
    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        _connecting.Dispose();
    }

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for a service provider that is disposed synchronously: the shutdown is begun, but not
    /// waited for. A server that the host runs is shut down by then.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>
    /// One attempt to connect is waited for, so that a host whose configuration is wrong does not start. An unreachable Redis
    /// is another matter, as is one that is loading its data or looks for its primary: it may come up later.
    /// </summary>
    private async Task StartFirstAsync(TaskCompletionSource started, CancellationToken cancellationToken)
    {
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _connecting.Token);
            Begin(await _source.GetAsync(both.Token).ConfigureAwait(false));
            started.SetResult();
        }
        catch (Exception exception) when (RedisFault.IsPassing(exception))
        {
            ReportUnreachable(exception);
            _ = StartLaterAsync(started);
        }
        catch
        {
            lock (_lock)
            {
                _state = AsynqServerState.Closed;
            }

            started.SetResult();
            throw;
        }
    }

    private async Task StartLaterAsync(TaskCompletionSource started)
    {
        var backoff = FirstBackoff;
        try
        {
            while (true)
            {
                await Task.Delay(backoff, _time, _connecting.Token).ConfigureAwait(false);
                try
                {
                    Begin(await _source.GetAsync(_connecting.Token).ConfigureAwait(false));
                    return;
                }
                catch (Exception exception) when (exception is not ObjectDisposedException && !_connecting.IsCancellationRequested)
                {
                    // Whatever it is by now, for instance a Redis that loads its data after a restart, or the application's own
                    // code that looks the address up: the host runs, and its tasks wait until this server does.
                    ReportUnreachable(exception);
                    backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
                }
            }
        }
        catch (OperationCanceledException) when (_connecting.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // What it needs is disposed of: it never runs, and whoever asks for its state must hear of that.
            lock (_lock)
            {
                _state = AsynqServerState.Closed;
            }

            ServerLog.CannotRun(_logger, exception);
        }
        finally
        {
            started.SetResult();
        }
    }

    private void Begin(Broker broker)
    {
        var identity = new ServerIdentity(_time.GetUtcNow(), () => State);
        var runtime = new ServerRuntime(broker, _settings, identity, _router, _scopes, _time, _logger, _transforms);
        lock (_lock)
        {
            if (_state != AsynqServerState.Active)
            {
                return;
            }

            _runtime = runtime;
            runtime.Start();
        }

        ServerLog.Started(
            _logger,
            identity.ServerId,
            _settings.Concurrency,
            string.Join(", ", _settings.Queues.Select(queue => $"{queue.Key}:{queue.Value}")),
            string.Join(", ", _router.KnownTypes));
    }

    private void ReportUnreachable(Exception exception)
    {
        if (_unreachable.TryPass(out var heldBack))
        {
            // What the library itself says of Redis tells all in one line; of another exception, more than its text is needed.
            ServerLog.Unreachable(
                _logger,
                exception.Message,
                heldBack,
                exception is RedisUnreachableException or RedisRefusedException ? null : exception);
        }
    }

    private async Task ShutdownOnceAsync(CancellationToken cancellationToken)
    {
        // Leaves the lock that this is called in before anything else.
        await Task.Yield();
        await _connecting.CancelAsync().ConfigureAwait(false);
        await _starting.ConfigureAwait(false);
        if (_runtime is { } runtime)
        {
            await runtime.ShutdownAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            _state = AsynqServerState.Closed;
        }

        ServerLog.Closed(_logger);
    }
}

namespace Asynq.Typed.Embedded;

/// <summary>
/// The embedded server of one container: started when it is first needed, stopped with the container.
/// </summary>
internal sealed class EmbeddedHost(EmbeddedServerOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private EmbeddedServer? _server;
    private bool _disposed;

    internal async ValueTask<string> GetConnectionStringAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _server ??= await EmbeddedServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
            return _server.ConnectionString;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            if (_server is { } server)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _starting.Release();
        }
    }
}

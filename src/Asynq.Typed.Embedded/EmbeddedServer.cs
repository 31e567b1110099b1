using System.Net;
using System.Net.Sockets;
using Asynq.Typed.Embedded;
using Garnet;
using Garnet.common;

namespace Asynq.Typed;

/// <summary>
/// A Redis-compatible server (Microsoft.Garnet) inside this process, reachable on the loopback interface only. For
/// development, tests and single-node use, where no Redis is at hand.
/// </summary>
/// <remarks>Dispose it after everything that uses it: what is under way then loses its connection.</remarks>
public sealed class EmbeddedServer : IAsyncDisposable
{
    // Another process can take a port between the moment it is found free and the moment it is bound.
    private const int PortAttempts = 10;

    private readonly GarnetServer _server;
    private readonly DataDirectoryLock? _directoryLock;
    private int _disposed;

    private EmbeddedServer(GarnetServer server, DataDirectoryLock? directoryLock, int port)
    {
        _server = server;
        _directoryLock = directoryLock;
        Port = port;
    }

    /// <summary>The loopback port that the server listens on.</summary>
    public int Port { get; }

    /// <summary>The connection string that reaches the server.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts a server and returns when it accepts connections, usually within half a second.</summary>
    /// <param name="options">Where it listens and keeps its data; by default any free port, and memory only.</param>
    /// <param name="cancellationToken">Gives up before the server is made.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not one of 1 to 65535.</exception>
    /// <exception cref="IOException">The data directory cannot be used, or another server uses it.</exception>
    /// <exception cref="InvalidOperationException">The port is in use, or none is free.</exception>
    public static async Task<EmbeddedServer> StartAsync(
        EmbeddedServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedServerOptions();
        if (options.Port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Port, $"The port {options.Port} is not one of 1 to {IPEndPoint.MaxPort}.");
        }

        // Starting takes a few hundred milliseconds of work that has no asynchronous form.
        return await Task.Run(() => StartOnAnyPortAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the server. What it holds in memory only is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await EndAsync(_server).ConfigureAwait(false);
        _directoryLock?.Dispose();
    }

    private static async Task<EmbeddedServer> StartOnAnyPortAsync(EmbeddedServerOptions options, CancellationToken cancellationToken)
    {
        var directoryLock = options.DataDirectory is { } directory ? DataDirectoryLock.Take(directory) : null;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var port = options.Port ?? FindFreePort();
                try
                {
                    return await StartOnAsync(port, directoryLock).ConfigureAwait(false);
                }
                catch (GarnetException taken) when (
                    taken.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                {
                    if (options.Port is not null || attempt == PortAttempts)
                    {
                        throw new InvalidOperationException(
                            $"The embedded server cannot listen on 127.0.0.1:{port}: the port is in use. "
                            + "Give another port, or none to take any free one.",
                            taken);
                    }
                }
            }
        }
        catch
        {
            directoryLock?.Dispose();
            throw;
        }
    }

    private static async Task<EmbeddedServer> StartOnAsync(int port, DataDirectoryLock? directoryLock)
    {
        var arguments = GarnetArguments.For(port, directoryLock?.Directory);
        var server = directoryLock is null ? new GarnetServer(arguments) : new DurableGarnet(arguments);
        try
        {
            server.Start();
            return new EmbeddedServer(server, directoryLock, port);
        }
        catch
        {
            await EndAsync(server).ConfigureAwait(false);
            throw;
        }
    }

    // It waits for its connections and background work.
    private static Task EndAsync(GarnetServer server) => Task.Run(async () =>
    {
        if (server is DurableGarnet durable)
        {
            await durable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            server.Dispose(false);
        }
    });

    private static int FindFreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

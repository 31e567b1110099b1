using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Asynq.Typed.Testing;

/// <summary>
/// A redis-server of a test's own, on a free loopback port, in a directory of its own, without persistence. It ends
/// with its disposal, and with the test process however that ends.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int PortAttempts = 10;
    private const string Program = "redis-server";

    // The shell holds a pipe from this process. When the pipe ends, by disposal or because this process died, it
    // kills the server and removes the directory, and ends. The server alone holds the other end of the log.
    private const string Watchdog = """
        directory=$1; shift
        exec 3<&0 2>/dev/null
        "$@" </dev/null 2>&1 3<&- & server=$!
        exec >/dev/null
        { cat <&3; kill -9 $server; rm -rf "$directory"; } &
        wait
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _shell;
    private readonly StringBuilder _log;
    private int _disposed;

    private RedisServer(Process shell, int port, string directory, StringBuilder log)
    {
        _shell = shell;
        _log = log;
        Port = port;
        Directory = directory;
    }

    /// <summary>Whether redis-server is in the path.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, Program)));

    public int Port { get; }

    public string Directory { get; }

    /// <summary>Reaches the server where it has no password and no TLS. Administrative commands are allowed.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},allowAdmin=true";

    /// <summary>What the server has logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Skips the test, saying why, where redis-server is missing; fails it where CI=true.</summary>
    public static void SkipUnlessInstalled()
    {
        const string Missing =
            "redis-server is not installed: tests/run.sh installs it, or install the package redis-server.";
        if (IsInstalled)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            throw new InvalidOperationException(Missing + " With CI=true that is a failure, not a skip.");
        }

        Assert.Skip(Missing);
    }

    /// <summary>Starts a server; returns when it accepts connections. Skips the test where Redis is missing.</summary>
    public static async Task<RedisServer> StartAsync(
        RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        SkipUnlessInstalled();
        options ??= new RedisServerOptions();
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port ?? FindFreePort();
            var server = Launch(options, port);
            try
            {
                if (await server.WaitUntilReadyAsync(cancellationToken))
                {
                    return server;
                }
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }

            // Its log ended before it was ready. A port that was taken meanwhile is the one reason to try again.
            await server.DisposeAsync();
            var log = server.Log;
            if (options.Port is not null || attempt == PortAttempts
                || !log.Contains("Address already in use", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"redis-server did not start on port {port}. Its log:\n{log}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static RedisServer Launch(RedisServerOptions options, int port)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("asynq-redis-").FullName;
        string Fill(string text) => text
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{directory}", directory, StringComparison.Ordinal);

        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] command = ["-c", Watchdog, "redis-watchdog", directory, Program];
        string[] usual = options.Sentinel
            ? ["--port", "{port}", "--bind", "127.0.0.1", "--dir", "{directory}", "--sentinel"]
            : ["--port", "{port}", "--bind", "127.0.0.1", "--dir", "{directory}", "--save", "", "--appendonly", "no"];
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        if (options.ConfigurationFile is { } lines)
        {
            var file = Path.Combine(directory, "redis.conf");
            File.WriteAllLines(file, lines.Select(Fill));
            start.ArgumentList.Add(file);
        }

        foreach (var argument in usual.Concat(options.Arguments))
        {
            start.ArgumentList.Add(Fill(argument));
        }

        return new RedisServer(Process.Start(start)!, port, directory, new StringBuilder());
    }

    // False where the server ended before it was ready.
    private async Task<bool> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _shell.OutputDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }

            if (line.Data is null)
            {
                ready.TrySetResult(false);
            }
            else if (line.Data.Contains("Ready to accept connections", StringComparison.Ordinal)
                || line.Data.Contains("Sentinel ID is", StringComparison.Ordinal))
            {
                ready.TrySetResult(true);
            }
        };
        _shell.BeginOutputReadLine();
        return await ready.Task.WaitAsync(StartTimeout, cancellationToken);
    }

    // Below 55,536, so that a cluster node's bus port (10,000 above) exists as well.
    private static int FindFreePort()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            if (port < 55_536)
            {
                return port;
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>A server in a process of its own, and what it has said.</summary>
internal sealed class ServerNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ServerNode(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, said) =>
        {
            if (said.Data is { } line)
            {
                _lines.Enqueue(line);
            }
        };
        process.BeginOutputReadLine();
    }

    internal int Pid => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>The tasks that it has begun, in this order, one mention for each attempt.</summary>
    internal IEnumerable<string> Began => Said("began ");

    /// <summary>The tasks whose handler has run to its end.</summary>
    internal IEnumerable<string> Ended => Said("ended ");

    /// <summary>The warnings that it has logged, by the numbers of their events.</summary>
    internal IEnumerable<string> Warned => Said("warned ");

    /// <summary>Whether it has shut down as it should.</summary>
    internal bool Closed => _lines.Contains("closed");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="database">Where its tasks are.</param>
    /// <param name="options">The server's options, as its environment gives them.</param>
    internal static ServerNode Launch(TestDatabase database, params (string Option, string Value)[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Asynq.Typed.Server.Node"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(database.ConnectionString);
        foreach (var (option, value) in options)
        {
            start.Environment[$"Asynq__Server__{option}"] = value;
        }

        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        return new ServerNode(process);
    }

    /// <summary>Sends a signal, by its name without <c>SIG</c>.</summary>
    internal async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{Pid}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits until the process has ended and all that it said is heard.</summary>
    internal async Task<int> ExitAsync()
    {
        await Eventually.ComesAsync(_process.WaitForExitAsync(Token));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private IEnumerable<string> Said(string what) =>
        _lines.Where(line => line.StartsWith(what, StringComparison.Ordinal)).Select(line => line[what.Length..]);
}

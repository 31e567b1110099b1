using System.Collections.Concurrent;
using System.Diagnostics;

namespace Asynq.Typed.Testing;

/// <summary>
/// A sample as a process of its own, as a user starts it. The test project refers to the sample, so that it lies beside it.
/// </summary>
public sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

    /// <param name="sample">The name of the sample's assembly.</param>
    /// <param name="arguments">Its command line.</param>
    public SampleProcess(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{sample}.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Received(line.Data);
        _process.ErrorDataReceived += (_, line) => Received(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    /// <summary>Waits until a line that contains <paramref name="text"/> has been printed.</summary>
    public async Task WhenPrinted(string text, CancellationToken cancellationToken)
    {
        var printed = _awaited.GetOrAdd(text, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        foreach (var line in _output)
        {
            Settle(line);
        }

        await printed.Task.WaitAsync(Patience, cancellationToken);
    }

    /// <summary>Presses Ctrl+C, which cannot be sent to another process on Windows.</summary>
    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        using var interrupt = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await interrupt.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> WhenEnded(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Received(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
            Settle(line);
        }
    }

    private void Settle(string line)
    {
        foreach (var (text, printed) in _awaited)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                printed.TrySetResult();
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Asynq.Typed.Torture.Faults;

namespace Asynq.Typed.Torture.Processes;

/// <summary>
/// A process of the run, whose output goes to a file. It ends with this one, however this one ends, and even where it is frozen.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    // The shell holds a pipe from this process. When that ends it kills the child; when the child ends it ends too.
    private const string Watchdog = """
        log=$1; shift
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- & child=$!
        echo $child; exec 2>/dev/null
        { read -r _ <&3; kill -9 $child 2>/dev/null; } >/dev/null & watch=$!
        wait $child; code=$?
        kill $watch 2>/dev/null
        exit $code
        """;

    // Within this, a process on a busy machine may not yet have got to its first line.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);

    private readonly Process _shell;
    private readonly Stopwatch _age = Stopwatch.StartNew();
    private TimeSpan? _told;
    private bool _frozen;

    private ChildProcess(Process shell, int id)
    {
        _shell = shell;
        Id = id;
    }

    public int Id { get; }

    public bool HasExited => _shell.HasExited;

    /// <summary>Once it has ended: its exit code, or 128 and the number of the signal that ended it.</summary>
    public int ExitCode => _shell.ExitCode;

    public bool IsFrozen => _frozen;

    public bool WasKilled { get; private set; }

    /// <summary>One of <see cref="Causes"/>.</summary>
    public string Cause => WasKilled ? Causes.Killed : _told is not { } told ? Causes.Nothing : told < Early ? Causes.ToldEarly : Causes.Told;

    /// <summary>Completes when the process has ended.</summary>
    public Task Exited => _shell.WaitForExitAsync();

    public static async Task<ChildProcess> StartAsync(
        string log, string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] head = ["-c", Watchdog, "watchdog", log, program];
        foreach (var argument in head.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var shell = Process.Start(start)!;
        var id = await shell.StandardOutput.ReadLineAsync();
        return new ChildProcess(shell, int.Parse(id!, CultureInfo.InvariantCulture));
    }

    /// <summary>A process of this program in another role.</summary>
    public static Task<ChildProcess> StartRoleAsync(
        string log, string role, string settings, IEnumerable<KeyValuePair<string, string>>? environment = null) =>
        StartAsync(log, Environment.ProcessPath!, [role, settings], environment);

    public void Kill()
    {
        WasKilled = true;
        Signals.Send(Id, Signal.Kill);
    }

    public void Terminate()
    {
        _told ??= _age.Elapsed;
        Signals.Send(Id, Signal.Term);
    }

    public void Freeze()
    {
        _frozen = true;
        Signals.Send(Id, Signal.Stop);
    }

    public void Thaw()
    {
        Signals.Send(Id, Signal.Continue);
        _frozen = false;
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
        {
            Kill();
            _shell.WaitForExit();
        }

        _shell.Dispose();
    }
}

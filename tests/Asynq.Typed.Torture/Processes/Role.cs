using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Nodes;

namespace Asynq.Typed.Torture.Processes;

/// <summary>
/// One place in the run that a process of this program fills: where it has ended, and nobody wants it to rest, another is
/// started in its place.
/// </summary>
internal sealed class Role : IAsyncDisposable
{
    private static readonly TimeSpan BeforeRestart = TimeSpan.FromMilliseconds(300);

    private readonly FaultLog _faults;
    private readonly string _role;
    private readonly NodeSettings _settings;
    private readonly string _log;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _keeping;
    private volatile ChildProcess? _process;

    public Role(
        string role,
        NodeSettings settings,
        string folder,
        FaultLog faults,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        _faults = faults;
        _role = role;
        _settings = settings;
        _log = Path.Combine(folder, settings.Name + ".log");
        _environment = environment ?? new Dictionary<string, string>();
        _keeping = Task.Run(KeepAsync);
    }

    public string Name => _settings.Name;

    public bool IsLimited => _settings.IsLimited;

    /// <summary>The process of the moment.</summary>
    public ChildProcess? Process => _process is { HasExited: false } process ? process : null;

    /// <summary>What the process is called where its death or freeze is written down.</summary>
    public static string NameOf(string role, ChildProcess process) =>
        string.Create(CultureInfo.InvariantCulture, $"{role}.{process.Id}");

    /// <summary>Has the process end in good order, and none follow it.</summary>
    /// <returns>Whether it ended within the time.</returns>
    public async Task<bool> EndAsync(TimeSpan patience)
    {
        await _ending.CancelAsync();
        using var log = Process is { } last ? _faults.Begin(FaultLog.Terminate, NameOf(Name, last)) : null;
        Process?.Thaw();
        Process?.Terminate();
        try
        {
            await _keeping.WaitAsync(patience);
            return true;
        }
        catch (TimeoutException)
        {
            Process?.Kill();
            await _keeping;
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Process?.Kill();
        await _keeping;
        _ending.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            using var process = await ChildProcess.StartRoleAsync(_log, _role, _settings.ToString(), _environment);
            _process = process;
            await process.Exited;
            _faults.Exited(NameOf(Name, process), process.ExitCode, IsLimited ? Causes.Limited : process.Cause);
            _process = null;
            await Task.Delay(BeforeRestart, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

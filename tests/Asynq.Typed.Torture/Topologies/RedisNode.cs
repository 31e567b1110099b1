using System.Globalization;
using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>A server of the run behind a proxy of its own. It can be killed, and started again on what it has on disk.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    // Longer than the longest pause, which nobody can take back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _log;
    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private ChildProcess? _process;

    /// <param name="name">What it is called in the evidence.</param>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="program">What is run.</param>
    /// <param name="arguments">Its arguments, given its port and that of its proxy.</param>
    public RedisNode(string name, string folder, string program, Func<RedisNode, IEnumerable<string>> arguments)
    {
        Name = name;
        _log = Path.Combine(folder, name + ".log");
        _program = program;
        Port = Ports.Free();
        Proxy = new ChaosProxy(Port, Ports.Free());
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        _arguments = [.. arguments(this)];
    }

    public string Name { get; }

    public int Port { get; }

    public ChaosProxy Proxy { get; }

    public string Directory { get; }

    public bool IsDown => _process is not { HasExited: false };

    public bool IsFrozen => _process is { IsFrozen: true };

    /// <summary>A redis-server that has on disk what it has acknowledged.</summary>
    public static RedisNode Redis(string name, string folder, params IEnumerable<string> further) => new(
        name,
        folder,
        "redis-server",
        node =>
        [
            "--port", Text(node.Port), "--bind", "127.0.0.1", "--dir", node.Directory, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", .. further.Select(argument => Fill(argument, node)),
        ]);

    /// <summary>Starts it, if it is not running; returns when it answers.</summary>
    public async Task StartAsync()
    {
        if (IsDown)
        {
            if (_process is { WasKilled: false } alone)
            {
                throw new InvalidOperationException($"{Name} ended by itself, with exit code {alone.ExitCode}: see {_log}.");
            }

            // Others ask meanwhile whether it runs.
            var ended = _process;
            _process = null;
            ended?.Dispose();
            _process = await ChildProcess.StartAsync(_log, _program, _arguments);
        }

        await RespCall.UntilAsync(Port, Patience, answer => answer == "PONG", "PING");
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.Exited;
        }
    }

    public void Freeze() => _process?.Freeze();

    public void Thaw() => _process?.Thaw();

    public async Task<bool> IsPrimaryAsync() => (await AskAsync("ROLE")).StartsWith("master", StringComparison.Ordinal);

    public async Task<bool> IsReplicaAsync() => (await AskAsync("ROLE")).StartsWith("slave", StringComparison.Ordinal);

    public Task<string> AskAsync(params string[] command) => RespCall.AskAsync(Port, command);

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await Proxy.DisposeAsync();
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Fill(string argument, RedisNode node) => argument
        .Replace("{proxy}", Text(node.Proxy.Port), StringComparison.Ordinal)
        .Replace("{bus}", Text(node.Port + 10_000), StringComparison.Ordinal);
}

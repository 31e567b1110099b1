using Garnet.networking;
using Garnet.server;

namespace Asynq.Typed.Embedded;

/// <summary>
/// Saves the data each minute, which lets go of the log before it: else the log, and the time to recover, would only grow.
/// A script is in a checkpoint as a whole or not at all, by the version of its transaction.
/// </summary>
internal sealed class Checkpoints : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly ISessionProvider _sessions;
    private readonly PeriodicTimer _timer;
    private readonly Task _running;

    public Checkpoints(ISessionProvider sessions, TimeProvider time)
    {
        _sessions = sessions;
        _timer = new PeriodicTimer(Interval, time);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            // It blocks for as long as saving takes.
            await Task.Factory.StartNew(
                Save, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    // Where it fails, which Garnet answers to nobody here, the log is kept, and the next try is an interval away.
    private unsafe void Save()
    {
        using var session = _sessions.GetSession(WireFormat.ASCII, new UnreadReplies());
        var command = "*1\r\n$4\r\nSAVE\r\n"u8;
        fixed (byte* start = command)
        {
            session.TryConsumeMessages(start, command.Length);
        }
    }
}

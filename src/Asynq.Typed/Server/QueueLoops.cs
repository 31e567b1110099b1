using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// A component's work at each queue, as a loop of its own: in a cluster, a node that does not answer must not keep the queues of
/// other nodes waiting.
/// </summary>
/// <param name="component">What the loops are called in the log, with the queue behind.</param>
/// <param name="settings">The queues.</param>
/// <param name="longestBackoff">The longest delay after a failure, if it is below 10 s.</param>
/// <param name="time">The clock of their delays.</param>
/// <param name="logger">Where failures are reported.</param>
/// <param name="step">One pass at one queue; it returns how long to wait until the next.</param>
internal sealed class QueueLoops(
    string component,
    ServerSettings settings,
    TimeSpan longestBackoff,
    TimeProvider time,
    ILogger logger,
    Func<string, CancellationToken, Task<TimeSpan>> step)
{
    private readonly FrozenDictionary<string, BackgroundLoop> _loops = settings.QueueNames.ToFrozenDictionary(
        queue => queue,
        queue => new BackgroundLoop($"{component} of queue '{queue}'", time, logger, longestBackoff, ct => step(queue, ct)),
        StringComparer.Ordinal);

    internal void Start()
    {
        foreach (var loop in _loops.Values)
        {
            loop.Start();
        }
    }

    /// <summary>Ends the current wait of each loop, or the next if there is none.</summary>
    internal void Wake()
    {
        foreach (var loop in _loops.Values)
        {
            loop.Wake();
        }
    }

    /// <summary>As above, of one queue's loop.</summary>
    internal void Wake(string queue) => _loops[queue].Wake();

    /// <summary>Asks the loops to end, and waits until they have.</summary>
    internal Task StopAsync() => Task.WhenAll(_loops.Values.Select(loop => loop.StopAsync()));
}

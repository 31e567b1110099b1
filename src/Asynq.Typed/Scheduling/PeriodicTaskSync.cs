using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Keeps a scheduler's entries equal to what one provider gives: asks at an interval and when the provider's change token
/// fires, adds what is new, removes what is gone, and leaves alone what is equal.
/// </summary>
internal sealed class PeriodicTaskSync(
    IPeriodicTaskProvider provider,
    EntryTable entries,
    SchedulerLoop loop,
    AsynqSchedulerOptions options,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private const int MostDoublings = 16;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly WakeSignal _wait = new(time);

    /// <summary>The provider's entries that the scheduler has, by definition.</summary>
    private Dictionary<string, ScheduleEntry> _mine = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;
    private int _failures;
    private bool _hasSynced;

    private string Name => provider.GetType().Name;

    /// <summary>Syncs once, then goes on in the background.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var wait = await StepAsync(both.Token).ConfigureAwait(false);
        _running = Task.Run(() => RunAsync(wait), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(Next next)
    {
        var token = _stopping.Token;
        try
        {
            while (true)
            {
                using (next.Token?.RegisterChangeCallback(static wait => ((WakeSignal)wait!).Set(), _wait))
                {
                    await _wait.WaitAsync(next.Wait, token).ConfigureAwait(false);
                }

                next = await StepAsync(token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }

    private async Task<Next> StepAsync(CancellationToken token)
    {
        IChangeToken? change = null;
        try
        {
            // The token before the tasks: a change in between fires it, and is not missed.
            change = provider.GetChangeToken();
            Apply(await provider.GetTasksAsync(token).ConfigureAwait(false));
            _failures = 0;
            return new Next(options.SyncInterval, change);
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            SchedulerLog.SyncFailed(logger, Name, exception);
            var backoff = FirstBackoff * (1 << Math.Min(_failures++, MostDoublings));
            return new Next(backoff < options.SyncInterval ? backoff : options.SyncInterval, change);
        }
    }

    private void Apply(IReadOnlyCollection<PeriodicTask> tasks)
    {
        var wanted = Wanted(tasks, out var keptNames);
        var gone = _mine
            .Where(pair => !wanted.ContainsKey(pair.Key) && !keptNames.Contains(pair.Value.Task.Name ?? ""))
            .Select(pair => pair.Value).ToList();
        var mine = _mine.Values.Except(gone).ToDictionary(entry => entry.Definition, StringComparer.Ordinal);
        var added = wanted.Where(pair => !mine.ContainsKey(pair.Key)).Select(pair => pair.Value).ToList();

        foreach (var entry in gone)
        {
            entries.Remove(entry.Id);
        }

        foreach (var entry in added)
        {
            if (TryAdd(entry, gone))
            {
                mine.Add(entry.Definition, entry);
            }
        }

        _mine = mine;
        _hasSynced = true;
        if (gone.Count + added.Count > 0)
        {
            SchedulerLog.Synced(logger, Name, added.Count, gone.Count);
            loop.EntriesChanged();
        }
    }

    /// <summary>The entries that the tasks stand for. One that is not valid is left out; if it has a name, the entry of that
    /// name stays as it is.</summary>
    private Dictionary<string, ScheduleEntry> Wanted(IReadOnlyCollection<PeriodicTask> tasks, out HashSet<string> keptNames)
    {
        var wanted = new Dictionary<string, ScheduleEntry>(StringComparer.Ordinal);
        keptNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            try
            {
                var entry = entries.NewEntry(task, loop.Now, catchesUp: !_hasSynced);
                if (!wanted.TryAdd(entry.Definition, entry))
                {
                    SchedulerLog.LeftOut(logger, Name, $"another is equal to that of task type '{task.Type}' at '{task.Schedule}'");
                }
            }
            catch (ArgumentException exception)
            {
                SchedulerLog.LeftOut(logger, Name, exception.Message);
                if (task.Name is { } name)
                {
                    keptNames.Add(name);
                }
            }
        }

        return wanted;
    }

    private bool TryAdd(ScheduleEntry entry, List<ScheduleEntry> gone)
    {
        // A tick that was due when its entry was replaced must not fall between the two. It is enqueued once, as both have
        // the same identity.
        var before = gone.Find(other => other.Identity == entry.Identity && other.Timetable.Spec == entry.Timetable.Spec);
        if (before is not null)
        {
            entry.TakeOver(before);
        }

        try
        {
            entries.Add(entry);
            return true;
        }
        catch (ArgumentException exception)
        {
            SchedulerLog.LeftOut(logger, Name, exception.Message);
            return false;
        }
    }

    private readonly record struct Next(TimeSpan Wait, IChangeToken? Token);
}

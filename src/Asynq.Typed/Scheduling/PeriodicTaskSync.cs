using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Keeps a scheduler's entries equal to what one provider gives: asks at an interval and when the provider's change token
/// fires, adds what is new, removes what is gone, and leaves alone what is equal. Whatever the provider does, it holds up only
/// its own entries.
/// </summary>
internal sealed class PeriodicTaskSync(
    IPeriodicTaskProvider provider,
    EntryTable entries,
    SchedulerLoop loop,
    AsynqSchedulerOptions options,
    TimeProvider time,
    ILogger logger)
{
    private const int MostDoublings = 16;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);

    private readonly StopSignal _stop = new(logger);
    private readonly WakeSignal _wait = new(time);

    /// <summary>The provider's entries that the scheduler has, by definition.</summary>
    private Dictionary<string, ScheduleEntry> _mine = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;
    private int _failures;
    private bool _hasSynced;

    private string Name => provider.GetType().Name;

    /// <summary>Asks the provider in the background, for the first time at once.</summary>
    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>Throws nothing. What the provider answers from now on is of no account.</summary>
    /// <param name="cancellationToken">Ends the wait for a provider that does not end.</param>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.SetAsync().ConfigureAwait(false);
        await _stop.WhenEndedAsync(_running, Name, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var token = _stop.Token;
        try
        {
            while (!token.IsCancellationRequested)
            {
                var next = await StepAsync(token).ConfigureAwait(false);
                await WaitAsync(next, token).ConfigureAwait(false);
            }
        }
        catch (Exception) when (token.IsCancellationRequested)
        {
            // Providers throw all kinds of things when they are cancelled.
        }
    }

    private async Task WaitAsync(Next next, CancellationToken token)
    {
        IDisposable? registration = null;
        try
        {
            registration = next.Token?.RegisterChangeCallback(static wait => ((WakeSignal)wait!).Set(), _wait);
        }
        catch (Exception exception)
        {
            SchedulerLog.ChangesNotFollowed(logger, Name, exception);
        }

        try
        {
            await _wait.WaitAsync(next.Wait, token).ConfigureAwait(false);
        }
        finally
        {
            LetGo(registration);
        }
    }

    private void LetGo(IDisposable? registration)
    {
        try
        {
            registration?.Dispose();
        }
        catch (Exception exception)
        {
            SchedulerLog.ChangesNotFollowed(logger, Name, exception);
        }
    }

    private async Task<Next> StepAsync(CancellationToken token)
    {
        IChangeToken? change = null;
        try
        {
            // The token before the tasks: a change in between fires it, and is not missed.
            change = provider.GetChangeToken();
            var given = provider is ConfiguredPeriodicTasks configured
                ? configured.Read()
                : new GivenTasks(await AskAsync(token).ConfigureAwait(false), []);
            token.ThrowIfCancellationRequested();
            Apply(given);
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

    private async Task<IReadOnlyCollection<PeriodicTask>> AskAsync(CancellationToken token)
    {
        var answer = provider.GetTasksAsync(token).AsTask();
        try
        {
            return await answer.WaitAsync(options.SyncInterval, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!answer.IsCompleted)
        {
            // Asked a second time, a provider that hangs would only hang twice.
            SchedulerLog.NoAnswer(logger, Name, options.SyncInterval);
            return await answer.ConfigureAwait(false);
        }
    }

    private void Apply(GivenTasks given)
    {
        var wanted = Wanted(given, out var keptNames);
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
    private Dictionary<string, ScheduleEntry> Wanted(GivenTasks given, out HashSet<string> keptNames)
    {
        var wanted = new Dictionary<string, ScheduleEntry>(StringComparer.Ordinal);
        keptNames = new HashSet<string>(given.Unreadable.Select(fault => fault.Name), StringComparer.Ordinal);
        foreach (var fault in given.Unreadable)
        {
            SchedulerLog.LeftOut(logger, Name, fault.Reason);
        }

        foreach (var task in given.Tasks)
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

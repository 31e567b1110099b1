using System.Globalization;
using System.Text;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>Writes what becomes of each run of a handler, and while it lasts whose Redis says the task is.</summary>
internal sealed class RunLedger(Ledger ledger, OwnershipProbe probe, RunNames names, TimeSpan probeInterval)
{
    public async Task RunAsync(
        TaskContext context, Func<string, Task> work, CancellationToken cancellationToken, IEnumerable<string>? members = null)
    {
        var start = Ledger.Now;
        var run = names.Next();
        var tick = context.GetScheduledTime()?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "";
        ledger.WriteAt(
            start, Entry.Start, context.TaskId, run, context.RetryCount.ToString(CultureInfo.InvariantCulture), tick, context.Queue);
        if (members is not null)
        {
            ledger.Write(Entry.Members, context.TaskId, run, string.Join(',', members));
        }

        var watch = new Watch(ledger, probe, context.Queue, context.TaskId, run);
        await using var told = cancellationToken.Register(watch.Tell);
        _ = watch.LookAsync(probeInterval);
        var end = Ends.Failed;
        try
        {
            await work(run);
            end = Ends.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            end = Ends.Cancelled;
            throw;
        }
        catch (SkipRetryException)
        {
            end = Ends.Skipped;
            throw;
        }
        finally
        {
            watch.End(end);
        }
    }

    /// <summary>Writes a result, and when the attempt at it began: a process may be frozen before it can say how that ended.</summary>
    public async Task WriteResultAsync(TaskContext context, string run)
    {
        var began = Ledger.Now.ToString(CultureInfo.InvariantCulture);
        var taken = await context.WriteResultAsync(Encoding.UTF8.GetBytes(run), CancellationToken.None);
        ledger.Write(Entry.Result, context.TaskId, run, taken ? "taken" : "refused", began);
    }

    /// <summary>One run. Lines about ownership are written only as long as the run has been told nothing and has not ended.</summary>
    private sealed class Watch(Ledger ledger, OwnershipProbe probe, string queue, string id, string run)
    {
        private readonly Lock _lock = new();
        private string? _owner;
        private bool _over;
        private bool _told;

        internal void Tell()
        {
            lock (_lock)
            {
                if (!_over)
                {
                    _told = true;
                    ledger.Write(Entry.Told, id, run);
                }
            }
        }

        internal void End(string how)
        {
            lock (_lock)
            {
                _over = true;
                ledger.Write(Entry.End, id, run, how);
            }
        }

        internal async Task LookAsync(TimeSpan interval)
        {
            while (!_over)
            {
                if (await probe.AskAsync(queue, id) is { } answer && !Note(answer.Owner, answer.Lease))
                {
                    return;
                }

                await Task.Delay(interval);
            }
        }

        /// <summary>Whether there is more to look for.</summary>
        private bool Note(string owner, long lease)
        {
            lock (_lock)
            {
                if (_over || _told)
                {
                    return false;
                }

                _owner ??= owner;
                if (owner.Length == 0 || lease == 0 || owner != _owner)
                {
                    ledger.Write(Entry.Usurped, id, run, owner, lease.ToString(CultureInfo.InvariantCulture));
                    return false;
                }

                ledger.Write(Entry.Hold, id, run, owner, lease.ToString(CultureInfo.InvariantCulture));
                return true;
            }
        }
    }
}

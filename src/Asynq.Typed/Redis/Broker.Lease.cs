using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly Script ExtendLeaseScript = Script.Load("extend-lease.lua");
    private static readonly Script WriteResultScript = Script.Load("write-result.lua");

    /// <summary>
    /// Extends the leases of tasks of one queue to <paramref name="lease"/> from now, and says which are lost and which a
    /// user wants cancelled.
    /// </summary>
    internal async Task<LeaseExtension> ExtendLeaseAsync(
        string queue, IReadOnlyList<LeasedTask> tasks, TimeSpan lease, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        if (tasks.Count == 0)
        {
            return new LeaseExtension([], []);
        }

        ct.ThrowIfCancellationRequested();
        var expiry = Now + lease;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<RedisValue> args = [keys.TaskPrefix, UnixSeconds(expiry)];
        foreach (var task in tasks)
        {
            args.AddRange([task.Id, task.Owner, UnixSeconds(task.LeaseExpiry)]);
            task.BeginExtension(answered.Task);
        }

        try
        {
            var codes = await RunListAsync(ExtendLeaseScript, keys, [keys.Active, keys.Lease], [.. args], ct)
                .ConfigureAwait(false);
            return NoteExtension(tasks, codes, expiry);
        }
        catch (Exception exception) when (!WasNotDone(exception))
        {
            // The answer is missed: the lease may have been extended nevertheless.
            foreach (var task in tasks)
            {
                task.Grant(expiry);
            }

            throw;
        }
        finally
        {
            answered.SetResult();
        }
    }

    private static LeaseExtension NoteExtension(IReadOnlyList<LeasedTask> tasks, RedisResult[] codes, DateTimeOffset expiry)
    {
        var lost = new List<LeasedTask>();
        var cancelled = new List<LeasedTask>();
        for (var i = 0; i < tasks.Count; i++)
        {
            var code = (int)codes[i];
            if (code == 1)
            {
                tasks[i].Lose();
                lost.Add(tasks[i]);
                continue;
            }

            tasks[i].Grant(expiry);
            if (code == 2)
            {
                cancelled.Add(tasks[i]);
            }
        }

        return new LeaseExtension(lost, cancelled);
    }

    /// <summary>Stores a result with an active task; it stays with the task for its retention.</summary>
    internal async Task<LeaseOutcome> WriteResultAsync(LeasedTask task, ReadOnlyMemory<byte> result, CancellationToken ct)
    {
        if (task.IsLost)
        {
            return LeaseOutcome.Lost;
        }

        var queue = KeysOf(task.Message.Queue);
        RedisKey[] keys = [queue.Active, queue.Lease, queue.Task(task.Id)];
        while (true)
        {
            var asked = UnixSeconds(task.LeaseExpiry);
            RedisValue[] args = [task.Id, task.Owner, asked, result];
            var codes = await RepeatAsync(() => RunListAsync(WriteResultScript, queue, keys, args, ct)).ConfigureAwait(false);
            if ((int)codes[0] == 0)
            {
                return LeaseOutcome.Written;
            }

            // Else an extension of this worker's own has overtaken it: the lease that it found may be that one.
            await task.Extending.ConfigureAwait(false);
            if (task.IsLost || UnixSeconds(task.LeaseExpiry) == asked)
            {
                return LeaseOutcome.Lost;
            }
        }
    }
}

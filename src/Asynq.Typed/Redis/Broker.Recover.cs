using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int MostIdsPerRecovery = 100;

    private static readonly Script ListLeasesScript = Script.Load("list-leases.lua");
    private static readonly Script RecoverScript = Script.Load("recover.lua");
    private static readonly Script RepairGroupsScript = Script.Load("repair-groups.lua");

    /// <summary>The tasks whose lease ended at <paramref name="cutoff"/> or earlier, the longest expired first.</summary>
    internal async Task<IReadOnlyList<ExpiredLease>> ListExpiredLeasesAsync(
        string queue, DateTimeOffset cutoff, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var all = new List<ExpiredLease>();
        List<ExpiredLease> page;
        do
        {
            page = await ListLeasesAsync(keys, cutoff, all.Count, withLeaseless: false, ct).ConfigureAwait(false);
            all.AddRange(page);
        }
        while (page.Count == MostIdsPerRecovery);
        return all;
    }

    /// <summary>
    /// Takes the tasks whose lease ended at <paramref name="cutoff"/> or earlier, or who are active without one, from
    /// their workers: each is retried after the delay given, or archived where it has been retried as often as it may.
    /// Each is fenced, and fails, by itself. Remnants of tasks are removed, and groups that are not looked at are named
    /// again.
    /// </summary>
    internal async Task<RecoveryResult> RecoverAsync(
        string queue, DateTimeOffset cutoff, Func<TaskMessage, TimeSpan> retryDelay, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var result = new RecoveryResult();
        int listed;
        int settled;
        do
        {
            var leases = await ListLeasesAsync(keys, cutoff, result.LeftExpired, withLeaseless: true, ct)
                .ConfigureAwait(false);
            listed = leases.Count;
            settled = await RecoverPageAsync(keys, cutoff, leases, retryDelay, result, ct).ConfigureAwait(false);
        }
        while (listed >= MostIdsPerRecovery && settled > 0);
        await RunListAsync(
            RepairGroupsScript, keys, [keys.AggregationSets, keys.Groups], [keys.GroupPrefix], ct).ConfigureAwait(false);
        return result;
    }

    private async Task<List<ExpiredLease>> ListLeasesAsync(
        QueueKeys queue, DateTimeOffset cutoff, int passOver, bool withLeaseless, CancellationToken ct)
    {
        RedisValue[] args =
            [queue.TaskPrefix, UnixSeconds(cutoff), passOver, MostIdsPerRecovery, withLeaseless ? "1" : "0"];
        var reply = await RunListAsync(ListLeasesScript, queue, [queue.Active, queue.Lease], args, ct).ConfigureAwait(false);
        var values = (RedisValue[]?)reply[0] ?? [];
        var leases = new List<ExpiredLease>();
        for (var i = 0; i < values.Length; i += 4)
        {
            var (message, fault) = DecodeListed(queue.Name, values[i], values[i + 2], values[i + 3]);
            leases.Add(new ExpiredLease(values[i], values[i + 1].ToString(), message, fault));
        }

        return leases;
    }

    private static (TaskMessage? Message, string Fault) DecodeListed(
        string queue, RedisValue id, RedisValue kind, RedisValue bytes)
    {
        switch ((int)kind)
        {
            case 0:
                return (null, "the task is gone");
            case 1:
                var message = Decode(queue, id, (byte[])bytes!, out var fault);
                return (message, fault);
            default:
                return (null, "the task has no message");
        }
    }

    /// <returns>How many are settled. Without any, the next page would be this one again.</returns>
    private async Task<int> RecoverPageAsync(
        QueueKeys queue,
        DateTimeOffset cutoff,
        List<ExpiredLease> leases,
        Func<TaskMessage, TimeSpan> retryDelay,
        RecoveryResult result,
        CancellationToken ct)
    {
        var now = Now;
        List<RedisValue> args =
        [
            queue.TaskPrefix, queue.UniquePrefix, UnixSeconds(now), DayExpiry(now),
            Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now), UnixSeconds(cutoff),
        ];
        var sent = new List<(string Id, string How)>();
        foreach (var lease in leases)
        {
            if (TryPlan(lease, now, retryDelay, result) is { } plan)
            {
                args.AddRange([lease.Key, plan.How, lease.Score, plan.Message, plan.Due.Score, plan.Due.Exact]);
                sent.Add((lease.Id, plan.How));
            }
        }

        if (sent.Count == 0)
        {
            return 0;
        }

        RedisKey[] keys =
        [
            queue.Active, queue.Lease, queue.Retry, queue.Archived,
            queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        ];
        var codes = await RunListAsync(RecoverScript, queue, keys, [.. args], ct).ConfigureAwait(false);
        var settled = 0;
        for (var i = 0; i < sent.Count; i++)
        {
            settled += result.Count((int)codes[i], sent[i].Id, sent[i].How) ? 1 : 0;
        }

        return settled;
    }

    private static (string How, RedisValue Message, DueTime Due)? TryPlan(
        ExpiredLease lease, DateTimeOffset now, Func<TaskMessage, TimeSpan> retryDelay, RecoveryResult result)
    {
        if (lease.Message is not { } message)
        {
            return (RecoveryResult.Quarantine, Utf16.Replace(lease.Fault), DueTime.None);
        }

        if (message.Retried >= message.Retry)
        {
            return (RecoveryResult.Archive, Failed(message, LeaseExpiredException.Text, now, counted: false), DueTime.None);
        }

        try
        {
            var due = DueTime.Of(now + retryDelay(message));
            return (RecoveryResult.Retry, Failed(message, LeaseExpiredException.Text, now, counted: true), due);
        }
#pragma warning disable CA1031 // The delay is the user's function: what it throws must not keep other tasks from recovery
        catch (Exception exception)
#pragma warning restore CA1031
        {
            result.Fail(lease, exception);
            return null;
        }
    }
}

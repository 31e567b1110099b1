using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int SchedulerEventsKept = 1_000;

    private static readonly Script WriteSchedulerScript = Script.Load("write-scheduler.lua");
    private static readonly Script RecordTickScript = Script.Load("record-tick.lua");

    /// <summary>Writes the entries of a scheduler, in place of those it had before.</summary>
    /// <param name="schedulerId">The scheduler: <c>host:pid:uuid</c>.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="ttl">How long they count, at least a second; fractions are cut.</param>
    /// <param name="ct">Checked before each command.</param>
    internal async Task WriteSchedulerEntriesAsync(
        string schedulerId, IReadOnlyCollection<SchedulerEntry> entries, TimeSpan ttl, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ttl, TimeSpan.FromSeconds(1));
        ct.ThrowIfCancellationRequested();
        var key = Keys.SchedulerEntries(schedulerId);
        var expiry = UnixSeconds(Now + ttl);
        RedisValue[] args = [(long)ttl.TotalSeconds, .. entries.Select(entry => (RedisValue)entry.ToByteArray())];
        await EvaluateListAsync(WriteSchedulerScript, [key], args, ct).ConfigureAwait(false);
        await CallAsync(database => database.SortedSetAddAsync(Keys.Schedulers, key, expiry, flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }

    /// <summary>Removes the entries of a scheduler.</summary>
    internal async Task ClearSchedulerEntriesAsync(string schedulerId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var key = Keys.SchedulerEntries(schedulerId);
        await CallAsync(database => database.SortedSetRemoveAsync(Keys.Schedulers, key, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        await CallAsync(database => database.KeyDeleteAsync(key, flags: OnPrimary), ct).ConfigureAwait(false);
    }

    /// <summary>The entries of all live schedulers. Those that cannot be read are left out.</summary>
    internal async Task<IReadOnlyList<SchedulerEntry>> ListSchedulerEntriesAsync(CancellationToken ct)
    {
        var keys = await LiveKeysAsync(Keys.Schedulers, ct).ConfigureAwait(false);
        var entries = await Task.WhenAll(
            keys.Select(key => CallAsync(database => database.ListRangeAsync(key, flags: OnPrimary), ct)))
            .ConfigureAwait(false);
        return
        [
            .. entries.SelectMany(ofOne => ofOne).Select(entry => Parse(SchedulerEntry.Parser, entry))
                .OfType<SchedulerEntry>(),
        ];
    }

    /// <summary>Records that an entry enqueued a task. The newest 1,000 records of an entry are kept.</summary>
    internal async Task RecordSchedulerEnqueueEventAsync(
        string entryId, SchedulerEnqueueEvent enqueued, CancellationToken ct)
    {
        RedisValue[] args = [enqueued.EnqueueTime.Seconds, enqueued.ToByteArray(), SchedulerEventsKept];
        await EvaluateListAsync(RecordTickScript, [Keys.SchedulerHistory(entryId)], args, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Lets the history of an entry expire unless this is called again. In asynq it never does: a scheduler that is killed leaves
    /// it for good, since its entries have other ids after a restart.
    /// </summary>
    internal async Task ExpireSchedulerHistoryAsync(string entryId, TimeSpan ttl, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await CallAsync(database => database.KeyExpireAsync(Keys.SchedulerHistory(entryId), ttl, flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }

    /// <summary>One page of what an entry enqueued, the newest first.</summary>
    /// <param name="entryId">The entry.</param>
    /// <param name="page">The page, from 0.</param>
    /// <param name="size">Records of a page, at least 1.</param>
    /// <param name="ct">Checked before the command.</param>
    internal async Task<IReadOnlyList<SchedulerEnqueueEvent>> ListSchedulerEnqueueEventsAsync(
        string entryId, int page, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ct.ThrowIfCancellationRequested();
        var first = (long)page * size;
        var events = await CallAsync(database => database.SortedSetRangeByRankAsync(
                Keys.SchedulerHistory(entryId), first, first + size - 1, Order.Descending, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return
        [
            .. events.Select(enqueued => Parse(SchedulerEnqueueEvent.Parser, enqueued)).OfType<SchedulerEnqueueEvent>(),
        ];
    }

    /// <summary>Forgets what an entry enqueued.</summary>
    internal async Task ClearSchedulerHistoryAsync(string entryId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await CallAsync(database => database.KeyDeleteAsync(Keys.SchedulerHistory(entryId), flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }
}

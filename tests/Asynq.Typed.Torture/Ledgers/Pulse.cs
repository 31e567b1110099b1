using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>
/// Writes down when a worker could not have kept its leases: when the process was given no processor, and when Redis took no
/// write that it sent by a connection like the library's. What happens without such a reason is the library's doing.
/// </summary>
internal sealed class Pulse(Ledger ledger, string redis, string process)
{
    // Two keys, so that it is refused as the library's scripts are while a slot is on its way, and a write, so that it is
    // refused where memory or replicas are missing.
    private const string Script = "redis.call('SET', KEYS[1], '1', 'EX', '60') return redis.call('EXISTS', KEYS[2])";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A delayed network alone must not pass for none: twice its longest delay is less.
    private static readonly long Long = 1_000_000;

    // No processor for many a half second is no better than for a few whole ones.
    private static readonly long LongWithoutProcessor = 500_000;

    // Who ends while Redis takes nothing is not taken at his word that it would have.
    private static readonly long LongAtTheEnd = 300_000;

    private readonly Lazy<Task<ConnectionMultiplexer>> _connecting = new(() => ConnectAsync(redis));
    private readonly ConcurrentDictionary<string, long> _waitingSince = [];

    /// <summary>Looks until the process ends.</summary>
    public async Task WatchAsync()
    {
        for (var last = Ledger.Now; ;)
        {
            await Task.Delay(Interval);
            var now = Ledger.Now;
            if (now - last > LongWithoutProcessor)
            {
                ledger.Write(Entry.Starved, process, Text(last));
            }

            last = now;
            NoteWaiting(Long);
        }
    }

    /// <summary>Writes to a queue's server until the process ends.</summary>
    public async Task WriteAsync(string queue)
    {
        RedisKey[] keys = [$"asynq:{{{queue}}}:x:pulse:{process}", $"asynq:{{{queue}}}:x:lock"];
        while (true)
        {
            var since = _waitingSince[queue] = Ledger.Now;
            while (!await TryWriteAsync(keys))
            {
                await Task.Delay(Interval);
            }

            if (Ledger.Now - since > Long)
            {
                ledger.Write(Entry.CutOff, process, queue, Text(since));
            }

            _waitingSince[queue] = long.MaxValue;
            await Task.Delay(Interval);
        }
    }

    /// <summary>Writes down, when the process is about to end, which queues' servers take nothing just then.</summary>
    public void End() => NoteWaiting(LongAtTheEnd);

    /// <summary>
    /// Writes down which queues' servers have taken nothing for so long. Not only when they do again: a process may be killed before.
    /// </summary>
    private void NoteWaiting(long least)
    {
        foreach (var (queue, since) in _waitingSince.Where(waiting => Ledger.Now - waiting.Value > least))
        {
            ledger.Write(Entry.CutOff, process, queue, Text(since));
        }
    }

    private async Task<bool> TryWriteAsync(RedisKey[] keys)
    {
        try
        {
            await (await _connecting.Value).GetDatabase().ScriptEvaluateAsync(
                Script, keys, [], CommandFlags.NoScriptCache | CommandFlags.DemandMaster);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(string redis)
    {
        var options = ConfigurationOptions.Parse(redis);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry((int)Interval.TotalMilliseconds);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    private static string Text(long at) => at.ToString(CultureInfo.InvariantCulture);
}

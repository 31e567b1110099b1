using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int MostIdsPerForward = 100;

    private static readonly Script ForwardScript = Script.Load("forward.lua");

    /// <summary>
    /// Moves every scheduled and retried task that is due to pending, or to its group; none before its time. Each script
    /// call looks at 100 ids at most.
    /// </summary>
    internal async Task<ForwardResult> ForwardAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var scheduled = await ForwardFromAsync(keys, keys.Scheduled, ct).ConfigureAwait(false);
        var retried = await ForwardFromAsync(keys, keys.Retry, ct).ConfigureAwait(false);
        return new ForwardResult(scheduled.Moved + retried.Moved, Earlier(scheduled.NextDue, retried.NextDue));
    }

    private async Task<ForwardResult> ForwardFromAsync(QueueKeys queue, RedisKey source, CancellationToken ct)
    {
        var moved = 0;
        DateTimeOffset? nextDue = null;
        var second = UnixSeconds(Now);
        var passed = 0;
        bool more;
        do
        {
            var now = Now;
            if (UnixSeconds(now) != second)
            {
                second = UnixSeconds(now);
                passed = 0;
            }

            var reply = await ForwardOnceAsync(queue, source, now, passed, ct).ConfigureAwait(false);
            moved += (int)reply[1];
            passed = (int)reply[2];
            more = (int)reply[3] != 0;
            var seen = reply[4].ToString();
            if (seen.Length > 0)
            {
                nextDue = Earlier(
                    nextDue, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(seen, CultureInfo.InvariantCulture)));
            }
        }
        while (more);
        return new ForwardResult(moved, nextDue);
    }

    private Task<RedisResult[]> ForwardOnceAsync(
        QueueKeys queue, RedisKey source, DateTimeOffset now, int passed, CancellationToken ct)
    {
        RedisKey[] keys =
        [
            source, queue.Pending, queue.Groups, queue.Archived,
            queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        ];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.UniquePrefix, queue.WakeChannel,
            UnixSeconds(now), now.ToUnixTimeMilliseconds(), UnixNanoseconds(now), DayExpiry(now),
            Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now), MostIdsPerForward, passed,
        ];
        return RunListAsync(ForwardScript, queue, keys, args, ct);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;
}

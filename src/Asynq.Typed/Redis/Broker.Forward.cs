using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int MostIdsPerForward = 100;

    private static readonly Script ForwardScript = Script.Load("forward.lua");

    /// <summary>
    /// Moves every scheduled and retried task that is due to pending, or to its group; none before its time. Each script
    /// call looks at 100 ids at most; scheduled and retried tasks take turns, so that many of the one do not hold up the other.
    /// </summary>
    internal async Task<ForwardResult> ForwardAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var scheduled = new ForwardPass(keys.Scheduled);
        var retried = new ForwardPass(keys.Retry);
        while (scheduled.HasMore || retried.HasMore)
        {
            await ForwardPageAsync(keys, scheduled, ct).ConfigureAwait(false);
            await ForwardPageAsync(keys, retried, ct).ConfigureAwait(false);
        }

        return new ForwardResult(scheduled.Moved + retried.Moved, Earlier(scheduled.NextDue, retried.NextDue));
    }

    private async Task ForwardPageAsync(QueueKeys queue, ForwardPass pass, CancellationToken ct)
    {
        if (!pass.HasMore)
        {
            return;
        }

        var now = Now;
        pass.EnterSecond(UnixSeconds(now));
        RedisKey[] keys =
        [
            pass.Source, queue.Pending, queue.Groups, queue.Archived,
            queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        ];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.UniquePrefix, queue.WakeChannel,
            UnixSeconds(now), now.ToUnixTimeMilliseconds(), UnixNanoseconds(now), DayExpiry(now),
            Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now), MostIdsPerForward, pass.Passed,
        ];
        pass.Take(await RunListAsync(ForwardScript, queue, keys, args, ct).ConfigureAwait(false));
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;

    /// <summary>How far one look through scheduled or retry has come.</summary>
    private sealed class ForwardPass(RedisKey source)
    {
        private long _second;

        internal RedisKey Source => source;

        /// <summary>The id of the current second up to which it was looked, of those that are not due yet; empty for none.</summary>
        internal RedisValue Passed { get; private set; } = "";

        internal bool HasMore { get; private set; } = true;

        internal int Moved { get; private set; }

        internal DateTimeOffset? NextDue { get; private set; }

        /// <summary>What was passed over in another second is due by now.</summary>
        internal void EnterSecond(long second)
        {
            if (second != _second)
            {
                _second = second;
                Passed = "";
            }
        }

        internal void Take(RedisResult[] reply)
        {
            Moved += (int)reply[1];
            Passed = (RedisValue)reply[2];
            HasMore = (int)reply[3] != 0;
            var seen = reply[4].ToString();
            if (seen.Length > 0)
            {
                NextDue = Earlier(
                    NextDue, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(seen, CultureInfo.InvariantCulture)));
            }
        }
    }
}

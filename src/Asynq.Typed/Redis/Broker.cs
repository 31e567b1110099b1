using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>
/// The operations of the protocol, one method each; safe for concurrent use. A cancelled token stops a call before its
/// command is sent; a command that is on its way is awaited, because its reply matters.
/// </summary>
internal sealed partial class Broker(RedisConnection connection, TimeProvider time)
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private static readonly TimeSpan FigureAge = TimeSpan.FromDays(90);

    private readonly ConcurrentDictionary<string, QueueKeys> _queues = new(StringComparer.Ordinal);

    /// <summary>How many archived tasks a queue keeps, and for how long.</summary>
    internal ArchiveLimits Archive { get; init; } = new();

    private TimeProvider Time => time;

    private IDatabase Database => connection.Database;

    /// <summary>Asks Redis whether it answers.</summary>
    internal Task PingAsync(CancellationToken ct) => CallAsync(static database => database.PingAsync(OnPrimary), ct);

    /// <summary>The keys of a queue.</summary>
    /// <exception cref="ArgumentException">That cannot be a queue's name.</exception>
    private QueueKeys KeysOf(string queue) =>
        queue is not null && _queues.TryGetValue(queue, out var known) ? known : _queues.GetOrAdd(queue!, Keys.Of(queue!));

    /// <summary>
    /// Runs a script of one queue. <paramref name="keys"/> are followed by the queue's lock key, as every script has it.
    /// </summary>
    private Task<RedisResult> RunAsync(
        Script script, QueueKeys queue, ReadOnlySpan<RedisKey> keys, RedisValue[] args, CancellationToken ct) =>
        EvaluateAsync(script, [.. keys, queue.Lock], args, ct);

    /// <summary>Runs a script that answers <c>{0, …}</c>, or <c>{-1, key}</c> where a key is of the wrong type.</summary>
    /// <returns>What stands behind the zero.</returns>
    /// <exception cref="InvalidOperationException">A key is of the wrong type; nothing was written.</exception>
    private async Task<RedisResult[]> RunListAsync(
        Script script, QueueKeys queue, RedisKey[] keys, RedisValue[] args, CancellationToken ct) =>
        Accepted(script, await RunAsync(script, queue, keys, args, ct).ConfigureAwait(false));

    private static RedisResult[] Accepted(Script script, RedisResult result)
    {
        var reply = (RedisResult[]?)result ?? [];
        if (reply is [var status, var key, ..] && (int)status < 0)
        {
            throw new InvalidOperationException(
                $"Redis key '{key}' holds another type than asynq's protocol gives it, so '{script.Name}' wrote nothing: "
                + "find out who wrote it, then rename or delete it.");
        }

        return reply[1..];
    }

    /// <summary>Whether the reply to a command was missed, so that it may or may not have been done.</summary>
    internal static bool IsBrokenConnection(Exception exception) =>
        exception is RedisUnreachableException { IsOutcomeUnknown: true };

    /// <summary>Whether a call failed before it was sent, or was refused: nothing was done.</summary>
    private static bool WasNotDone(Exception exception) =>
        exception is RedisUnreachableException { IsOutcomeUnknown: false } or RedisRefusedException;

    /// <summary>Makes a call again if its reply was missed. Only for calls that leave the same when made twice.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RedisUnreachableException exception) when (IsBrokenConnection(exception))
        {
            return await AgainAsync(call, exception).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a call again whose reply was missed. Where it then fails undone, the first one may have been carried out
    /// nevertheless, and the caller must hear of that.
    /// </summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call, RedisUnreachableException missed)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception exception) when (WasNotDone(exception) || exception is ObjectDisposedException)
        {
            throw new RedisUnreachableException(
                $"{missed.Message} It was repeated in vain: {exception.Message}", outcomeUnknown: true, exception);
        }
    }

    /// <summary>Runs a script whose keys are of no queue, or are complete.</summary>
    private async Task<RedisResult> EvaluateAsync(Script script, RedisKey[] keys, RedisValue[] args, CancellationToken ct)
    {
        try
        {
            return await CallAsync(database => database.ScriptEvaluateAsync(script.Sha1, keys, args, OnPrimary), ct)
                .ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoScript)
        {
            // EVAL also stores the script, so only the first call after a restart or SCRIPT FLUSH pays for its text.
            return await CallAsync(
                database => database.ScriptEvaluateAsync(script.Text, keys, args, OnPrimary | CommandFlags.NoScriptCache), ct)
                .ConfigureAwait(false);
        }
    }

    /// <summary>When a figure of this day expires, in Unix seconds, if it is written now for the first time.</summary>
    private static long DayExpiry(DateTimeOffset now) => UnixSeconds(now + FigureAge);

    /// <summary>Archived tasks that died then, in Unix seconds, or earlier are deleted.</summary>
    private long ArchiveCutoff(DateTimeOffset now) => UnixSeconds(now - Archive.MaxAge);

    private static long UnixSeconds(DateTimeOffset at) => at.ToUnixTimeSeconds();

    /// <summary>
    /// The time in Unix nanoseconds, as Redis stores it. <see cref="DateTimeOffset"/> counts hundreds of them; the rest is
    /// taken from the provider's timestamp where that counts nanoseconds.
    /// </summary>
    private string UnixNanoseconds(DateTimeOffset at)
    {
        var rest = time.TimestampFrequency == NanosecondsPerSecond ? time.GetTimestamp() % NanosecondsPerTick : 0;
        var nanoseconds = ((at - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick) + rest;
        return nanoseconds.ToString(CultureInfo.InvariantCulture);
    }
}

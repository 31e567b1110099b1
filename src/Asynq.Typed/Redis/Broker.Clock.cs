using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly TimeSpan FreshSample = TimeSpan.FromMinutes(1);

    // By this much, this machine's clock and its timestamps may differ before it must have slept, or its clock been set.
    private static readonly TimeSpan MostDeviation = TimeSpan.FromSeconds(1);

    // How long one node has to answer before the others are asked, too.
    private static readonly TimeSpan PatienceWithOne = TimeSpan.FromSeconds(5);

    private readonly RedisClock _clock = new(time);
    private Asked? _asked;

    /// <summary>When Redis was last asked for the time: by this machine's clock, and by its timestamps.</summary>
    private sealed record Asked(DateTimeOffset At, long Timestamp);

    /// <summary>The time by Redis' clock, as far as it has been sampled.</summary>
    internal DateTimeOffset Now => _clock.Now;

    /// <summary>Asks for the time by Redis' clock.</summary>
    internal Task SampleClockAsync(CancellationToken ct)
    {
        Volatile.Write(ref _asked, AskedNow());
        return SampleAsync(ct);
    }

    /// <summary>
    /// Samples the clock again where that was done long ago, as it is in a process that only enqueues, or where this machine has
    /// slept since. One call in a minute pays for it with a round trip.
    /// </summary>
    internal ValueTask RefreshClockAsync(CancellationToken ct)
    {
        var asked = Volatile.Read(ref _asked);
        return IsFresh(asked) || Interlocked.CompareExchange(ref _asked, AskedNow(), asked) != asked
            ? ValueTask.CompletedTask
            : new ValueTask(TrySampleClockAsync(ct));
    }

    private Asked AskedNow() => new(time.GetUtcNow(), time.GetTimestamp());

    private bool IsFresh(Asked? asked)
    {
        if (asked is null)
        {
            return false;
        }

        var elapsed = time.GetElapsedTime(asked.Timestamp);
        return elapsed < FreshSample && (time.GetUtcNow() - asked.At - elapsed).Duration() < MostDeviation;
    }

    /// <summary>Asks any primary; where that does not answer, as a frozen node of a cluster, each of them.</summary>
    private async Task SampleAsync(CancellationToken ct)
    {
        var sample = SampleAnyAsync(ct);
        await sample.WaitAsync(PatienceWithOne, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isUnanswered = !sample.IsCompleted || sample.Exception?.InnerException is RedisUnreachableException;
        if (!isUnanswered || !await TrySampleEachAsync().ConfigureAwait(false))
        {
            await sample.ConfigureAwait(false);
            return;
        }

        _ = RedisConnection.ObserveAsync(sample);
    }

    private async Task SampleAnyAsync(CancellationToken ct)
    {
        var sent = 0L;
        var reply = await CallAsync(
            database =>
            {
                // Noted for each attempt: what was refused says nothing of the time.
                sent = time.GetTimestamp();
                return database.ExecuteAsync("TIME", args: null, OnPrimary);
            },
            ct).ConfigureAwait(false);
        NoteTime(reply, sent);
    }

    /// <returns>Whether there are several, and one of them answered.</returns>
    private async Task<bool> TrySampleEachAsync()
    {
        var primaries = connection.Multiplexer.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }).ToList();
        if (primaries.Count < 2)
        {
            return false;
        }

        await foreach (var sample in Task.WhenEach(primaries.Select(TrySampleOneAsync)).ConfigureAwait(false))
        {
            if (await sample.ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> TrySampleOneAsync(IServer server)
    {
        var sent = time.GetTimestamp();
        try
        {
            NoteTime(await server.ExecuteAsync("TIME").ConfigureAwait(false), sent);
            return true;
        }
        catch (Exception exception) when (IsRedisFailure(exception) || exception is TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void NoteTime(RedisResult reply, long sent)
    {
        var received = time.GetTimestamp();
        if ((RedisValue[]?)reply is [var seconds, var microseconds])
        {
            var said = DateTimeOffset.FromUnixTimeSeconds((long)seconds).AddMicroseconds((long)microseconds);
            _clock.Note(said, sent, received);
        }
    }

    private async Task TrySampleClockAsync(CancellationToken ct)
    {
        try
        {
            await SampleAsync(ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsRedisFailure(exception) || exception is ObjectDisposedException)
        {
            // The call that it is done for meets the same, and says so; without Redis there is nothing to agree with.
        }
    }
}

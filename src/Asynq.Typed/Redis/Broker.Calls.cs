using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A replica would answer what it has not heard yet, for instance that a task is lost.
    private const CommandFlags OnPrimary = CommandFlags.DemandMaster;

    // Short enough for somebody who waits for an enqueue; a failover or a slot on its way mostly takes less.
    internal static readonly TimeSpan RepeatFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a call failed because of the connection or because Redis refused it.</summary>
    private static bool IsRedisFailure(Exception exception) =>
        exception is RedisUnreachableException or RedisRefusedException or RedisException;

    /// <summary>
    /// Sends a call, and repeats it for a while where Redis refuses it, undone, for a reason that passes.
    /// </summary>
    /// <exception cref="RedisUnreachableException">No connection, or it broke before the answer came.</exception>
    /// <exception cref="RedisRefusedException">Redis refused: nothing was done.</exception>
    private async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return await call(Database).ConfigureAwait(false);
            }
            catch (Exception exception) when (RedisFault.Of(exception) is { } fault)
            {
                if (!fault.Passes || time.GetElapsedTime(started) + pause > RepeatFor)
                {
                    var reason = fault.WasNeverSent ? await connection.ExplainAsync().ConfigureAwait(false) : null;
                    throw fault.ToException(connection.Endpoints, reason);
                }
            }

            await Task.Delay(pause, time, ct).ConfigureAwait(false);
        }
    }
}

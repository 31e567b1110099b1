using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly Script AcquireTokenScript = Script.Load("acquire-token.lua");
    private static readonly Script ReleaseTokenScript = Script.Load("release-token.lua");

    /// <summary>Takes a token of a counting semaphore for a task; one that the task has already is kept.</summary>
    /// <param name="scope">The semaphore.</param>
    /// <param name="maxTokens">How many tokens it has.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="deadline">When the token is free again in any case, by Redis' clock; fractions of a second are cut.</param>
    /// <param name="ct">Checked before the command.</param>
    /// <returns>What <see cref="ReleaseTokenAsync"/> knows the token by; <c>null</c> where none is free.</returns>
    internal async Task<long?> AcquireTokenAsync(
        string scope, int maxTokens, string taskId, DateTimeOffset deadline, CancellationToken ct)
    {
        RedisKey[] keys = [Keys.Semaphore(scope)];
        var reply = await RepeatAsync(() => EvaluateListAsync(
            AcquireTokenScript, keys, [maxTokens, UnixSeconds(Now), UnixSeconds(deadline), taskId], ct)).ConfigureAwait(false);
        return reply is [var score] ? (long)score : null;
    }

    /// <summary>Gives a token back, unless it has passed to another attempt of the task.</summary>
    /// <param name="scope">The semaphore.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="token">What <see cref="AcquireTokenAsync"/> returned.</param>
    /// <param name="ct">Checked before the command.</param>
    /// <returns>Whether it was held; where a reply was missed, the answer is that to a repeated call.</returns>
    internal async Task<bool> ReleaseTokenAsync(string scope, string taskId, long token, CancellationToken ct)
    {
        RedisKey[] keys = [Keys.Semaphore(scope)];
        var reply = await RepeatAsync(() => EvaluateListAsync(ReleaseTokenScript, keys, [taskId, token], ct))
            .ConfigureAwait(false);
        return (int)reply[0] == 1;
    }
}

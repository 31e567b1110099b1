using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>
/// Asks Redis, by a connection of its own, whose a task is and until when. It knows the wire and nothing of the library that is
/// tested.
/// </summary>
internal sealed class OwnershipProbe(string connectionString) : IAsyncDisposable
{
    private const string Script =
        "return {redis.call('HGET', KEYS[1], 'owner'), redis.call('ZSCORE', KEYS[2], ARGV[1])}";

    private readonly Task<ConnectionMultiplexer> _connecting =
        ConnectionMultiplexer.ConnectAsync(connectionString + ",abortConnect=false,asyncTimeout=1000,connectTimeout=1000");

    /// <summary>Owner and lease expiry (Unix s), where Redis answers; empty and 0 where there is none.</summary>
    public async Task<(string Owner, long Lease)?> AskAsync(string queue, string id)
    {
        try
        {
            var database = (await _connecting).GetDatabase();
            RedisKey[] keys = [$"asynq:{{{queue}}}:t:{id}", $"asynq:{{{queue}}}:lease", $"asynq:{{{queue}}}:x:lock"];
            var reply = (RedisResult[])(await database.ScriptEvaluateAsync(
                Script, keys, [id], CommandFlags.NoScriptCache | CommandFlags.DemandMaster))!;
            var lease = double.TryParse((string?)reply[1], CultureInfo.InvariantCulture, out var score) ? (long)score : 0;
            return ((string?)reply[0] ?? "", lease);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // A Redis that does not answer says nothing about owners.
            return null;
        }
    }

    public async ValueTask DisposeAsync() => await (await _connecting).DisposeAsync();
}

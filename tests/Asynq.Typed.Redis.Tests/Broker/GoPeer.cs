using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A peer that speaks the protocol but knows nothing of what this project adds: no owner, no exact due times.</summary>
internal sealed class GoPeer(Scene scene)
{
    private static readonly string Prefix = Scene.K.Prefix;

    internal async Task<string?> DequeueAsync(DateTimeOffset leaseExpiry) =>
        (string?)await EvaluateAsync(
            """
            local id = redis.call('RPOPLPUSH', ARGV[1] .. 'pending', ARGV[1] .. 'active')
            if not id then
                return nil
            end
            redis.call('HSET', ARGV[1] .. 't:' .. id, 'state', 'active')
            redis.call('HDEL', ARGV[1] .. 't:' .. id, 'pending_since')
            redis.call('ZADD', ARGV[1] .. 'lease', ARGV[2], id)
            return id
            """,
            leaseExpiry.ToUnixTimeSeconds());

    internal Task DoneAsync(string id) =>
        EvaluateAsync(
            """
            redis.call('LREM', ARGV[1] .. 'active', 0, ARGV[2])
            redis.call('ZREM', ARGV[1] .. 'lease', ARGV[2])
            redis.call('DEL', ARGV[1] .. 't:' .. ARGV[2])
            """,
            id);

    /// <summary>What a Go recoverer does to an expired task.</summary>
    internal Task RetryAsync(string id, DateTimeOffset processAt) =>
        EvaluateAsync(
            """
            redis.call('LREM', ARGV[1] .. 'active', 0, ARGV[2])
            redis.call('ZREM', ARGV[1] .. 'lease', ARGV[2])
            redis.call('ZADD', ARGV[1] .. 'retry', ARGV[3], ARGV[2])
            redis.call('HSET', ARGV[1] .. 't:' .. ARGV[2], 'state', 'retry')
            """,
            id,
            processAt.ToUnixTimeSeconds());

    internal Task ForwardAsync(string from, DateTimeOffset now) =>
        EvaluateAsync(
            """
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', ARGV[1] .. ARGV[2], '-inf', ARGV[3])) do
                redis.call('ZREM', ARGV[1] .. ARGV[2], id)
                redis.call('LPUSH', ARGV[1] .. 'pending', id)
                redis.call('HSET', ARGV[1] .. 't:' .. id, 'state', 'pending', 'pending_since', ARGV[3] .. '000000000')
            end
            """,
            from,
            now.ToUnixTimeSeconds());

    internal Task EnqueueAsync(TaskMessage message) =>
        EvaluateAsync(
            """
            redis.call('HSET', ARGV[1] .. 't:' .. ARGV[2], 'msg', ARGV[3], 'state', 'pending', 'pending_since', '1')
            redis.call('LPUSH', ARGV[1] .. 'pending', ARGV[2])
            """,
            message.Id,
            message.ToByteArray());

    private Task<RedisResult> EvaluateAsync(string script, params RedisValue[] args) =>
        scene.Database.ScriptEvaluateAsync(script, [Scene.K.Lock], [Prefix, .. args]);
}

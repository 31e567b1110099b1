using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>
/// Asks Redis, by connections of its own past the proxies, whose a task is and until when. It knows the wire and nothing of the
/// library that is tested.
/// </summary>
internal sealed class OwnershipProbe(IReadOnlyList<int> ports) : IAsyncDisposable
{
    private const string Script =
        "return {redis.call('HGET', KEYS[1], 'owner'), redis.call('ZSCORE', KEYS[2], ARGV[1])}";

    // A node is taken for one that stands alone: else clients are sent on to the others, by their proxies.
    private const string Alone = "abortConnect=false,asyncTimeout=1000,connectTimeout=1000,tieBreaker=,$CLUSTER=,$SENTINEL=";

    private const CommandFlags Here = CommandFlags.PreferMaster | CommandFlags.NoRedirect;

    private readonly Task<ConnectionMultiplexer>[] _connecting =
    [
        .. ports.Select(port =>
            ConnectionMultiplexer.ConnectAsync(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},{Alone}"))),
    ];

    private readonly ConcurrentDictionary<string, int> _nodeOf = [];

    /// <summary>Completes when it has connected, or has found that it cannot yet.</summary>
    public Task ConnectAsync() => Task.WhenAll(_connecting);

    /// <summary>Owner and lease expiry (Unix s), where Redis answers; empty and 0 where there is none.</summary>
    public async Task<(string Owner, long Lease)?> AskAsync(string queue, string id)
    {
        var known = _nodeOf.GetValueOrDefault(queue);
        var answer = await AskAsync(known, queue, id);
        if (answer is not { Replicas: > 0 } && ports.Count > 1)
        {
            // Whom no replica follows may have been replaced, and not know it yet.
            var others = Enumerable.Range(0, ports.Count).Where(node => node != known);
            var answers = await Task.WhenAll(others.Select(node => AskAsync(node, queue, id)));
            answer = answers.Append(answer).MaxBy(static answer => answer?.Replicas ?? -1);
        }

        if (answer is null)
        {
            return null;
        }

        _nodeOf[queue] = answer.Node;
        return (answer.Owner, answer.Lease);
    }

    private async Task<Answer?> AskAsync(int node, string queue, string id)
    {
        try
        {
            var database = (await _connecting[node]).GetDatabase();

            // A replica would answer too, what it has heard so far.
            var asking = ports.Count > 1 ? database.ExecuteAsync("ROLE", [], Here) : null;
            RedisKey[] keys = [$"asynq:{{{queue}}}:t:{id}", $"asynq:{{{queue}}}:lease", $"asynq:{{{queue}}}:x:lock"];
            var reply = (RedisResult[])(await database.ScriptEvaluateAsync(Script, keys, [id], CommandFlags.NoScriptCache | Here))!;
            var role = asking is null ? null : await asking;
            if (role is not null && (string?)role[0] != "master")
            {
                return null;
            }

            var lease = double.TryParse((string?)reply[1], CultureInfo.InvariantCulture, out var score) ? (long)score : 0;
            return new Answer((string?)reply[0] ?? "", lease, node, role?[2].Length ?? 0);
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException)
        {
            // A Redis that does not answer says nothing about owners.
            return null;
        }
    }

    private sealed record Answer(string Owner, long Lease, int Node, int Replicas);

    public async ValueTask DisposeAsync()
    {
        foreach (var connecting in _connecting)
        {
            await (await connecting).DisposeAsync();
        }
    }
}

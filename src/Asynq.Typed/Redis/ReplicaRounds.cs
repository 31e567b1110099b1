using System.Net;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>
/// Asks nodes how many replicas have what was written. One question is on its way to a node at a time, and who comes meanwhile
/// shares the next one: WAIT holds up everything that is sent after it on the connection, and many in a row would hold it up
/// for longer than calls wait for their answers.
/// </summary>
internal sealed class ReplicaRounds(IConnectionMultiplexer multiplexer)
{
    private static readonly Script History = Script.Load("replication-id.lua");

    private readonly Lock _gate = new();
    private readonly Dictionary<(EndPoint Node, ReplicaWait Wait), Pending> _pending = [];

    private sealed class Pending
    {
        internal Task Last { get; set; } = Task.CompletedTask;

        internal Task<Answer>? Next { get; set; }
    }

    /// <summary>What a node answered.</summary>
    /// <param name="Confirmed">How many replicas have all that the connection wrote before.</param>
    /// <param name="Path">The connection that was asked.</param>
    internal sealed record Answer(int Confirmed, WritePath Path);

    /// <summary>The connection by which a node is written to at present.</summary>
    internal async Task<WritePath> PathAsync(EndPoint node)
    {
        var server = multiplexer.GetServer(node);

        // Sent together, by one connection in this order.
        var id = server.ExecuteAsync("CLIENT", "ID");
        var history = server.ExecuteAsync("EVAL", History.Text, "0");
        await Task.WhenAll(id, history).ConfigureAwait(false);
        return new WritePath(
            node, (long)await id.ConfigureAwait(false), (string?)await history.ConfigureAwait(false) ?? "");
    }

    /// <summary>Asks a node, or shares a question that is not yet on its way.</summary>
    internal Task<Answer> AskAsync(EndPoint node, ReplicaWait wait)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue((node, wait), out var pending))
            {
                pending = _pending[(node, wait)] = new Pending();
            }

            return pending.Next ??= RoundAsync(pending, node, wait);
        }
    }

    private async Task<Answer> RoundAsync(Pending pending, EndPoint node, ReplicaWait wait)
    {
        Task last;
        lock (_gate)
        {
            last = pending.Last;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            // From here on it is too late to join: what is written now is behind the question.
            (pending.Last, pending.Next) = (pending.Next!, null);
        }

        var confirmed = multiplexer.GetServer(node)
            .ExecuteAsync("WAIT", wait.Replicas, (long)wait.Timeout.TotalMilliseconds);
        var path = PathAsync(node);
        await Task.WhenAll(confirmed, path).ConfigureAwait(false);
        return new Answer((int)await confirmed.ConfigureAwait(false), await path.ConfigureAwait(false));
    }
}

using System.Net;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private readonly ReplicaRounds _rounds = new(connection.Multiplexer);

    /// <summary>Refuses to wait for replicas longer than the connection waits for any answer.</summary>
    /// <exception cref="InvalidOperationException">The wait is too long.</exception>
    internal void Require(ReplicaWait wait)
    {
        if (wait.Timeout >= connection.AnswerTimeout)
        {
            throw new InvalidOperationException(
                $"WaitForReplicas has the timeout {wait.Timeout}, but the connection gives up on any answer after "
                + $"{connection.AnswerTimeout}: give a shorter one, or raise 'asyncTimeout' in the connection text.");
        }
    }

    /// <summary>By which way a queue is about to be written to; to be asked for before the write.</summary>
    /// <returns><c>null</c> where that cannot be told.</returns>
    /// <exception cref="RedisRefusedException">Redis refuses to tell; nothing was written.</exception>
    internal async Task<WritePath?> FindWritePathAsync(string queue, CancellationToken ct)
    {
        try
        {
            return await CallAsync(
                async _ => await NodeOfAsync(queue).ConfigureAwait(false) is { } node
                    ? await _rounds.PathAsync(node).ConfigureAwait(false)
                    : null,
                ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisUnreachableException or RedisException)
        {
            // The write that follows will say what is wrong with Redis, if it fails too.
            return null;
        }
    }

    /// <summary>
    /// Waits until so many replicas have what was written to a queue. They have it for certain only if one connection to one
    /// node wrote it and asked: <c>WAIT</c> counts what its own connection wrote.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="before">The way that was found before the write.</param>
    /// <param name="wait">For how many, and how long.</param>
    internal async Task<ReplicaCount> AwaitReplicasAsync(string queue, WritePath? before, ReplicaWait wait)
    {
        if (before is null)
        {
            return new ReplicaCount(0, "Redis did not tell by which connection it was written");
        }

        try
        {
            var answer = await _rounds.AskAsync(before.Node, wait).ConfigureAwait(false);
            var node = await NodeOfAsync(queue).ConfigureAwait(false);
            return before.Node.Equals(node) && answer.Path == before && before.History.Length > 0
                ? new ReplicaCount(answer.Confirmed, null)
                : new ReplicaCount(0, "the connection was made anew meanwhile, or another node took over");
        }
#pragma warning disable CA1031 // The task is stored: whatever goes wrong afterwards must not be told as a failure to store it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var told = RedisFault.Of(exception)?.ToException(connection.Endpoints) ?? exception;
            return new ReplicaCount(0, told.Message.ReplaceLineEndings(" ").TrimEnd('.'));
        }
    }

    private Task<EndPoint?> NodeOfAsync(string queue) =>
        Database.IdentifyEndpointAsync(KeysOf(queue).Lock, OnPrimary);
}

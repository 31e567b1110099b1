using Asynq.Typed.Client;
using Asynq.Typed.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqClient
{
    private readonly ReplicaWait? _wait;

    /// <summary>
    /// This client, on the same connection, but with enqueues that wait until replicas have confirmed them (Redis' <c>WAIT</c>),
    /// so that a failover to one of these does not lose the task. Dispose the client that this is called on.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Where fewer confirm in time, or it cannot be told because the connection broke meanwhile, the task is stored
    /// nevertheless: <see cref="EnqueueAsync{T}"/> throws <see cref="ReplicasNotConfirmedException"/>, and results have the
    /// status <see cref="EnqueueStatus.NotConfirmed"/>. A refused task waits for nothing.
    /// </para>
    /// <para>
    /// Each enqueue, or part of many, takes three round trips instead of one. While it waits, all that is sent to the same node
    /// on the connection waits with it, of servers and inspectors in the container too: keep the timeout short, or use a client
    /// with a connection of its own. A confirmation means that the replica has received the task, not that it is on its
    /// disk; and a failover to a replica that was not among those that confirmed may still lose it.
    /// </para>
    /// </remarks>
    /// <param name="replicas">How many are to confirm, at least 1: of the node that has the queue.</param>
    /// <param name="timeout">How long is waited for them: at least 1 ms, and shorter than the connection's <c>asyncTimeout</c>
    /// (5 s). Default: 1 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range. (A timeout that is too long for the
    /// connection makes each enqueue throw an <see cref="InvalidOperationException"/>, before anything is sent.)</exception>
    public AsynqClient WaitForReplicas(int replicas, TimeSpan? timeout = null) =>
        new(_source, _transforms, ownsSource: false, ReplicaWait.For(replicas, timeout));

    private async ValueTask<Broker> BrokerAsync(CancellationToken cancellationToken)
    {
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        if (_wait is not null)
        {
            broker.Require(_wait);
        }

        return broker;
    }

    private static async Task<EnqueueResult> SendAndConfirmAsync(
        Broker broker, EnqueuePlan plan, ReplicaWait wait, CancellationToken cancellationToken)
    {
        var queue = plan.Message.Queue;
        var path = await broker.FindWritePathAsync(queue, cancellationToken).ConfigureAwait(false);
        var outcome = await TracedEnqueue.SendAsync(broker, plan, "", cancellationToken).ConfigureAwait(false);
        var result = EnqueueResult.Of(plan, outcome);
        return outcome == EnqueueOutcome.Enqueued
            ? result.Confirmed(await broker.AwaitReplicasAsync(queue, path, wait).ConfigureAwait(false), wait)
            : result;
    }

    private static async Task<Dictionary<string, WritePath?>> PathsAsync(
        Broker broker, IEnumerable<string> queues, CancellationToken cancellationToken)
    {
        var paths = await Task.WhenAll(queues.Distinct(StringComparer.Ordinal).Select(async queue =>
            (queue, await broker.FindWritePathAsync(queue, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return paths.ToDictionary(static pair => pair.queue, static pair => pair.Item2, StringComparer.Ordinal);
    }

    /// <summary>Waits once for each queue that tasks were stored in.</summary>
    private static async Task ConfirmAsync(
        Broker broker, EnqueueResult[] results, Dictionary<string, WritePath?> paths, ReplicaWait wait)
    {
        var stored = Enumerable.Range(0, results.Length)
            .Where(at => results[at].Status == EnqueueStatus.Enqueued)
            .GroupBy(at => results[at].Attempted!.Queue, StringComparer.Ordinal);
        await Task.WhenAll(stored.Select(async queue =>
        {
            var count = await broker.AwaitReplicasAsync(queue.Key, paths[queue.Key], wait).ConfigureAwait(false);
            foreach (var at in queue)
            {
                results[at] = results[at].Confirmed(count, wait);
            }
        })).ConfigureAwait(false);
    }
}

using System.Diagnostics;
using System.Globalization;
using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>
/// The ceiling: the scripts of the runtime, driven back to back over one connection, with prepared arguments and nothing
/// done with the answers but to hand ids from a fetch to its final write.
/// </summary>
internal sealed class ScriptDriver : IAsyncDisposable
{
    private const int FetchBytes = 1024 * 1024;
    private const int MarksKept = 1024;
    private const string Owner = "0123456789abcdef0123456789abcdef";

    private static readonly Script Dequeue = Script.Load("dequeue.lua");
    private static readonly Script Finish = Script.Load("finish.lua");
    private static readonly Script Enqueue = Script.Load("enqueue.lua");

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private ScriptDriver(ConnectionMultiplexer connection)
    {
        _connection = connection;
        _database = connection.GetDatabase();
    }

    internal static async Task<ScriptDriver> ConnectAsync(Bench bench)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(bench.ConnectionString);
        foreach (var script in new[] { Dequeue, Finish, Enqueue })
        {
            await bench.Server.ScriptLoadAsync(script.Text);
        }

        return new ScriptDriver(connection);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>
    /// Fetches and finishes pending tasks of some queues in batches: all, or about as many as are asked for. Each lane sends the
    /// final write of a batch and the next fetch together.
    /// </summary>
    /// <returns>When how many tasks had been fetched: the first time <paramref name="warmUp"/>, and at the end.</returns>
    internal async Task<(TimeSpan Took, long Tasks)> DrainAsync(
        IReadOnlyList<string> queues, int batch, int lanes, long warmUp, long atMost = long.MaxValue)
    {
        var fetched = 0L;
        long began = 0, beganAt = 0, ended = 0;
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => RunAsync(lane))));
        return (Stopwatch.GetElapsedTime(began, ended), fetched - beganAt);

        async Task RunAsync(int lane)
        {
            List<QueueKeys> open = [.. queues.Skip(lane % queues.Count).Concat(queues.Take(lane % queues.Count)).Select(Keys.Of)];
            var writing = Task.CompletedTask;
            for (var turn = lane; open.Count > 0 && Interlocked.Read(ref fetched) < atMost; turn++)
            {
                var queue = open[turn % open.Count];
                var ids = await FetchAsync(queue, batch);
                var count = ids.Count;
                var total = Interlocked.Add(ref fetched, count);
                if (total >= warmUp && Interlocked.CompareExchange(ref began, Stopwatch.GetTimestamp(), 0) == 0)
                {
                    Interlocked.Exchange(ref beganAt, total);
                }

                await writing;
                if (count == 0)
                {
                    open.Remove(queue);
                    continue;
                }

                writing = FinishAsync(queue, ids);
            }

            await writing;
            Interlocked.Exchange(ref ended, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>The arguments of the calls that add messages in batches.</summary>
    internal static RedisValue[][] Enqueues(IReadOnlyList<TaskMessage> messages, int batch) =>
        [.. messages.Chunk(batch).Select((chunk, call) => EnqueueArguments(Keys.Of(Bench.Queue), chunk, call))];

    /// <summary>Adds tasks by prepared calls, one after the other.</summary>
    internal async Task EnqueueAsync(RedisValue[][] calls)
    {
        var queue = Keys.Of(Bench.Queue);
        RedisKey[] keys = [queue.Pending, queue.Scheduled, queue.Groups, queue.CallMarks(Owner), queue.Lock];
        var sent = Task.FromResult<RedisResult>(null!);
        foreach (var call in calls)
        {
            // One in flight and one being written: Redis never waits for the driver.
            var next = _database.ScriptEvaluateAsync(Enqueue.Sha1, keys, call);
            await sent;
            sent = next;
        }

        await sent;
    }

    /// <summary>Fetches a batch.</summary>
    internal async Task<List<ReadOnlyMemory<byte>>> FetchAsync(QueueKeys queue, int batch)
    {
        RedisKey[] keys =
        [
            queue.Pending, queue.Active, queue.Lease, queue.Groups, queue.Archived, queue.Paused,
            queue.Processed, queue.Failed, queue.Prefix + "processed:1", queue.Prefix + "failed:1",
            queue.Scheduled, queue.Retry, queue.Completed, queue.AggregationSets, queue.FetchMark(Owner), queue.Lock,
        ];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.UniquePrefix, batch, FetchBytes, _now + 30, Owner, _now, _now + 86_400,
            10_000, 0, "", "0", 0,
        ];
        var reply = (RedisResult[]?)await _database.ScriptEvaluateAsync(Dequeue.Sha1, keys, args) ?? [];
        return Ids(new FetchedTasks((byte[])reply[4]!, reply.AsMemory(5)));
    }

    private static List<ReadOnlyMemory<byte>> Ids(FetchedTasks fetched)
    {
        var ids = new List<ReadOnlyMemory<byte>>();
        while (fetched.TryTake(out var task))
        {
            ids.Add(task.Id);
        }

        return ids;
    }

    /// <summary>Finishes a batch that was fetched.</summary>
    internal async Task FinishAsync(QueueKeys queue, List<ReadOnlyMemory<byte>> ids)
    {
        const int Head = 8;
        const int Stride = 4;
        RedisKey[] keys =
        [
            queue.Active, queue.Lease, queue.Pending, queue.Retry, queue.Archived, queue.Completed,
            queue.Processed, queue.Failed, queue.Prefix + "processed:1", queue.Prefix + "failed:1", queue.Lock,
        ];
        var args = new RedisValue[Head + (ids.Count * Stride)];
        RedisValue[] head =
            [queue.TaskPrefix, queue.UniquePrefix, queue.WakeChannel, _now, "0", _now + 86_400, 10_000, 0];
        head.CopyTo(args, 0);
        for (var i = 0; i < ids.Count; i++)
        {
            RedisValue[] task = ["n", ids[i], Owner, _now + 30];
            task.CopyTo(args, Head + (i * Stride));
        }

        var reply = (RedisResult[]?)await _database.ScriptEvaluateAsync(Finish.Sha1, keys, args) ?? [];
        if (reply is not [_, var lost] || (string?)lost != "")
        {
            throw new InvalidOperationException("The driver lost a task: its scripts and the runtime's differ.");
        }
    }

    private static RedisValue[] EnqueueArguments(QueueKeys queue, TaskMessage[] messages, int call)
    {
        var mark = call.ToString("x10", CultureInfo.InvariantCulture);
        RedisValue[] head =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.WakeChannel, "1700000000000000000", 1_700_000_000, 86_400,
            mark, call % MarksKept * mark.Length, "", "", 0,
        ];
        return
        [
            .. head,
            .. messages.SelectMany(message => new RedisValue[]
            {
                "n", message.Id, Google.Protobuf.MessageExtensions.ToByteArray(message),
            }),
        ];
    }
}

using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>Figures, pause and memory of queues.</summary>
public sealed class QueueTests
{
    [Theory, EachBackend]
    public async Task Every_state_is_counted(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("active", TaskState.Active);
        foreach (var state in Places.Movable)
        {
            for (var i = 0; i < (int)state; i++)
            {
                await scene.PutAsync($"{state}{i}", state);
            }
        }

        scene.Time.Advance(TimeSpan.FromMilliseconds(2_500));
        await scene.Broker.PauseAsync(Queue, Ct);

        var stats = await scene.Broker.CurrentStatsAsync(Queue, Ct);

        Assert.Equal(
            new QueueInfo
            {
                Name = Queue,
                Active = 1,
                Pending = 2,
                Scheduled = 3,
                Retry = 4,
                Archived = 5,
                Completed = 6,
                Aggregating = 7,
                Groups = 1,
                Latency = TimeSpan.FromMilliseconds(2_500),
                Processed = 15,
                Failed = 9,
                ProcessedTotal = 15,
                FailedTotal = 9,
                PausedSince = DateTimeOffset.FromUnixTimeSeconds(Start.AddSeconds(2).ToUnixTimeSeconds()),
                Timestamp = scene.Broker.Now,
            },
            stats);
        Assert.Equal(28, stats!.Size);
    }

    [Theory, EachBackend]
    public async Task Figures_that_are_no_numbers_count_as_none(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        await scene.Database.StringSetAsync(K.Processed, "many");
        await scene.Database.StringSetAsync(K.ProcessedOn(Start), "more");
        await scene.Database.StringSetAsync(K.Paused, "yes");
        await scene.Database.HashSetAsync(K.Task("a"), "pending_since", "yesterday");

        var stats = await scene.Broker.CurrentStatsAsync(Queue, Ct);

        Assert.Equal((0, 0, TimeSpan.Zero), (stats!.ProcessedTotal, stats.Processed, stats.Latency));
        Assert.True(stats.IsPaused);
        Assert.Equal(0, (await scene.Broker.HistoricalStatsAsync(Queue, 1, Ct))![0].Processed);
    }

    [Theory, EachBackend]
    public async Task Days_are_listed_from_today_backwards(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Completed);
        scene.Time.Advance(TimeSpan.FromDays(2));
        await scene.PutAsync("b", TaskState.Archived);

        Assert.Equal(
            [
                new DailyStats(Queue, new DateOnly(2030, 1, 4), 1, 1),
                new DailyStats(Queue, new DateOnly(2030, 1, 3), 0, 0),
                new DailyStats(Queue, new DateOnly(2030, 1, 2), 1, 0),
            ],
            await scene.Broker.HistoricalStatsAsync(Queue, 3, Ct));
        Assert.Null(await scene.Broker.HistoricalStatsAsync("nope", 3, Ct));
        Assert.Equal(90, (await scene.Broker.HistoricalStatsAsync(Queue, 90, Ct))!.Count);
        foreach (var days in new[] { 0, 91, int.MaxValue })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => scene.Broker.HistoricalStatsAsync(Queue, days, Ct));
        }
    }

    [Theory, EachBackend]
    public async Task Queues_and_groups_are_listed_by_name(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var (id, group) in new[] { ("1", "b"), ("2", "a:x"), ("3", "b") })
        {
            await scene.Broker.AddToGroupAsync(Message(id, group: group), Ct);
        }

        await scene.Broker.EnqueueAsync(Message("4", queue: "low"), Ct);

        Assert.Equal(["low", Queue], await scene.Broker.ListQueuesAsync(Ct));
        Assert.Equal([new GroupInfo("a:x", 1), new GroupInfo("b", 2)], await scene.Broker.GroupStatsAsync(Queue, Ct));
        Assert.Empty(await scene.Broker.GroupStatsAsync("low", Ct));
    }

    [Theory, EachBackend]
    public async Task Unpausing_wakes_if_something_is_pending(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await using var ear = await Ear.OpenAsync(scene);

        Assert.True(await scene.Broker.PauseAsync(Queue, Ct));
        Assert.False(await scene.Broker.PauseAsync(Queue, Ct));
        Assert.True(await scene.Broker.UnpauseAsync(Queue, Ct));
        Assert.False(await scene.Broker.UnpauseAsync(Queue, Ct));
        Assert.Equal(0, await ear.CountAsync());

        await scene.PutAsync("a", TaskState.Pending);
        await scene.Broker.PauseAsync(Queue, Ct);
        Assert.Empty((await scene.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        Assert.Equal(1, await ear.CountAsync());
        Assert.True(await scene.Broker.UnpauseAsync(Queue, Ct));
        Assert.Equal(1, await ear.CountAsync());
        Assert.Equal("a", (await scene.FetchAsync()).Id);
    }

    /// <summary>
    /// Not recorded: an empty queue takes nothing, and a thousand tasks of a thousand bytes, of which samples are
    /// weighed, about a million, whatever their state.
    /// </summary>
    [Theory, EachBackend]
    public async Task Memory_is_estimated(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Equal(0, await scene.Broker.MemoryUsageAsync(Queue, Ct));
        var payload = Google.Protobuf.ByteString.CopyFrom(new byte[1_000]);
        var items = Enumerable.Range(0, 1_000).Select(i =>
        {
            var message = Message($"{i}", group: i % 3 == 2 ? Places.Group : "");
            message.Payload = payload;
            return (i % 3) switch
            {
                0 => EnqueueItem.Pending(message),
                1 => EnqueueItem.Scheduled(message, Start.AddHours(1)),
                _ => EnqueueItem.Grouped(message),
            };
        });
        await scene.Broker.EnqueueManyAsync([.. items], Ct);

        Assert.InRange((await scene.Broker.MemoryUsageAsync(Queue, Ct))!.Value, 1_000_000, 2_500_000);
    }

    /// <summary>Not recorded: the slot is that of the hash tag, which every key of the queue has.</summary>
    [Theory, EachBackend]
    public async Task The_cluster_slot_of_a_queue_is_that_of_its_hash_tag(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        // CRC16 of "123456789" is 0x31C3: the check value of the CRC that Redis Cluster uses.
        Assert.Equal(0x31C3 % 16_384, scene.Broker.ClusterKeySlot("123456789"));
        Assert.Empty(await scene.Broker.ClusterNodesAsync(Queue, Ct));
    }

    /// <summary>Not recorded: the primary of the queue's slot stands first, then its replicas.</summary>
    [Fact]
    public async Task The_nodes_of_a_queue_are_those_of_its_slot()
    {
        RedisServerOptions options = new() { Arguments = ["--cluster-enabled", "yes"] };
        await using var primary = await RedisServer.StartAsync(options, Ct);
        await using var replica = await RedisServer.StartAsync(options, Ct);
        await using var toPrimary = await ConnectionMultiplexer.ConnectAsync(primary.ConnectionString);
        await using var toReplica = await ConnectionMultiplexer.ConnectAsync(replica.ConnectionString);
        await toPrimary.GetServers()[0].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
        await using var alone = await RedisConnection.ConnectAsync(primary.ConnectionString, Ct);
        var broker = new Redis.Broker(alone, TimeProvider.System);

        var node = Assert.Single(await broker.ClusterNodesAsync(Queue, Ct));
        Assert.Equal(($"127.0.0.1:{primary.Port}", false, 40), (node.Address, node.IsReplica, node.Id.Length));
        foreach (var queue in new[] { Queue, "default", "Grüße", "a b" })
        {
            var slot = (int)await toPrimary.GetServers()[0].ExecuteAsync("CLUSTER", "KEYSLOT", Keys.Of(queue).Task("a"));
            Assert.Equal(slot, broker.ClusterKeySlot(queue));
        }

        // Until both know of each other, the one refuses to be the other's replica.
        await toReplica.GetServers()[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", primary.Port);
        await EventuallyAsync(async () =>
            (string?)await toReplica.GetServers()[0].ExecuteAsync("CLUSTER", "NODES") is { } known && known.Contains(node.Id, StringComparison.Ordinal));
        await toReplica.GetServers()[0].ExecuteAsync("CLUSTER", "REPLICATE", node.Id);
        await EventuallyAsync(async () => (await broker.ClusterNodesAsync(Queue, Ct)).Count == 2);

        Assert.Equal(
            [($"127.0.0.1:{primary.Port}", false), ($"127.0.0.1:{replica.Port}", true)],
            (await broker.ClusterNodesAsync(Queue, Ct)).Select(found => (found.Address, found.IsReplica)));
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }
}

using Asynq.Typed.Testing.Topologies;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>Redis Cluster: each queue in one slot, the lists of queues and servers in others.</summary>
public sealed class ClusterTests
{
    private static readonly string[] Queues = ["q", "default", "critical", "low", "mail", "größe"];

    [Fact]
    public async Task Queues_live_on_several_nodes_and_each_works()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var nodes = new HashSet<int>();
        foreach (var queue in Queues)
        {
            nodes.Add(cluster.FirstOwnerOf(await cluster.SlotOfAsync(Keys.Of(queue).Pending.ToString())).Port);
            Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(Message("now", queue), Ct));
            Assert.Equal(
                EnqueueOutcome.Enqueued,
                await broker.EnqueueUniqueAsync(Message("only", queue, unique: "u"), TimeSpan.FromMinutes(1), Ct));
            Assert.Equal(EnqueueOutcome.Enqueued, await broker.AddToGroupAsync(Message("joins", queue, group: "g"), Ct));
            Assert.Equal(
                EnqueueOutcome.Enqueued, await broker.ScheduleAsync(Message("later", queue), DateTimeOffset.UtcNow.AddSeconds(-1), Ct));

            var tasks = (await broker.DequeueAsync(queue, 10, Lease, Ct)).Tasks;
            Assert.Equal(["now", "only"], tasks.Select(task => task.Id));
            Assert.Empty((await broker.ExtendLeaseAsync(queue, tasks, Lease, Ct)).Lost);
            Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(tasks[0], Ct));
            Assert.Equal(
                LeaseOutcome.Written,
                await broker.RetryAsync(tasks[1], DateTimeOffset.UtcNow.AddHours(1), "boom", isFailure: true, Ct));
            Assert.Equal(1, (await broker.ForwardAsync(queue, Ct)).Moved);
        }

        Assert.Equal(cluster.Nodes.Count, nodes.Count);
    }

    [Fact]
    public async Task Tasks_that_are_enqueued_at_once_to_queues_of_several_nodes_are_all_stored()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        string[] ids = [.. Enumerable.Range(0, 200).Select(number => $"{number}")];

        var outcomes = await Task.WhenAll(
            ids.SelectMany(id => Queues.Select(queue => broker.EnqueueAsync(Message(id, queue), Ct))));
        var order = new EnqueueOrder();
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(part => broker.EnqueueManyAsync(
            [.. Queues.Select(queue => EnqueueItem.Pending(Message($"part{part}", queue)))], Ct, order)));

        Assert.All(outcomes, outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
        Assert.All(replies.SelectMany(part => part), reply => Assert.Equal(EnqueueOutcome.Enqueued, reply.Outcome));
        foreach (var queue in Queues)
        {
            var pending = await connection.Database.ListRangeAsync(Keys.Of(queue).Pending);

            // What is enqueued at once has no order: a call that brings the script to a node may be overtaken by the next.
            Assert.Equal(ids.Order(StringComparer.Ordinal), pending[4..].Select(id => id.ToString()).Order(StringComparer.Ordinal));
            Assert.Equal(["part3", "part2", "part1", "part0"], pending[..4].Select(id => id.ToString()));
        }
    }

    [Fact]
    public async Task A_server_is_written_and_listed_though_the_indexes_lie_in_other_slots()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var server = new ServerInfo { Host = "h", Pid = 1, ServerId = "s", Status = "active" };
        var worker = new WorkerInfo { Host = "h", Pid = 1, ServerId = "s", TaskId = "a" };

        // The second time it is known.
        for (var i = 0; i < 2; i++)
        {
            await broker.WriteServerStateAsync(server, [worker], TimeSpan.FromMinutes(1), Ct);

            Assert.Equal(server, Assert.Single(await broker.ListServersAsync(Ct)).Info);
            Assert.Equal(worker, Assert.Single(await broker.ListWorkersAsync(Ct)));
        }
    }

    [Theory]
    [InlineData("redis://127.0.0.1:{0}")]
    [InlineData("127.0.0.1:{0},allowAdmin=true")]
    public async Task The_node_of_a_queue_is_told(string text)
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(
            text.Replace("{0}", $"{cluster.Nodes[0].Port}", StringComparison.Ordinal), Ct);
        var broker = new Broker(connection, TimeProvider.System);

        foreach (var queue in Queues)
        {
            var slot = await cluster.SlotOfAsync(Keys.Of(queue).Pending.ToString());
            var node = Assert.Single(await broker.ClusterNodesAsync(queue, Ct));
            Assert.Equal(slot, broker.ClusterKeySlot(queue));
            Assert.Equal($"127.0.0.1:{cluster.FirstOwnerOf(slot).Port}", node.Address);
            Assert.False(node.IsReplica);
        }
    }

    [Fact]
    public async Task A_batch_over_several_queues_is_stored_node_by_node()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);

        var replies = await broker.EnqueueManyAsync(
            [.. Queues.SelectMany(queue => Enumerable.Range(0, 5), (queue, at) => EnqueueItem.Pending(Message($"{at}", queue)))],
            Ct);

        Assert.All(replies, reply => Assert.Equal(EnqueueOutcome.Enqueued, reply.Outcome));
        foreach (var queue in Queues)
        {
            Assert.Equal(5, (await broker.DequeueAsync(queue, 10, Lease, Ct)).Tasks.Count);
        }
    }

    [Fact]
    public async Task Cancellations_and_wake_ups_are_heard_across_nodes()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        await using var other = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var cancelled = new Heard();
        var woken = new Heard();
        await using var cancellations = await broker.SubscribeCancellationsAsync(cancelled.Add, Ct);
        await using var wakes = await broker.SubscribeWakeAsync(Queues, woken.Add, Ct);
        var sender = new Broker(other, TimeProvider.System);

        await cancelled.UntilAsync("id", () => sender.PublishCancellationAsync("id", Ct));
        foreach (var queue in Queues)
        {
            var number = 0;
            await woken.UntilAsync(queue, async () =>
            {
                await sender.EnqueueAsync(Message($"{number++}", queue), Ct);
                await sender.DequeueAsync(queue, 10, Lease, Ct);
            });
        }
    }

    [Fact]
    public async Task No_task_is_lost_or_run_twice_while_its_queue_moves_to_another_node()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var slot = await cluster.SlotOfAsync(K.Pending.ToString());
        var from = cluster.FirstOwnerOf(slot);
        var to = cluster.Nodes.First(node => node != from);
        var traffic = new Traffic(new Broker(connection, TimeProvider.System), Queue);
        var running = traffic.RunAsync(Ct);

        await traffic.UntilDoneAsync(20);
        await RedisCluster.MoveSlotAsync(slot, from, to, () => traffic.UntilIdleAsync(TimeSpan.FromMilliseconds(300)));
        await traffic.UntilDoneAsync(traffic.Done + 20);
        traffic.Stop();
        await running;

        traffic.AssertEachOnce();
        Assert.Contains(
            "asynq:{q}:processed", await RedisCli.RunAsync(to.Port, "CLUSTER", "GETKEYSINSLOT", $"{slot}", "100"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_has_lost_a_node_is_told()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var slot = await cluster.SlotOfAsync(K.Pending.ToString());
        var lost = cluster.Nodes.First(node => node != cluster.FirstOwnerOf(slot));
        var owner = cluster.FirstOwnerOf(slot);
        await broker.EnqueueAsync(Message("a"), Ct);

        await lost.DisposeAsync();
        await RedisCli.UntilAsync(
            owner.Port, answer => answer.Contains("cluster_state:fail", StringComparison.Ordinal), "CLUSTER", "INFO");
        var exception = await Assert.ThrowsAsync<RedisRefusedException>(() => broker.EnqueueAsync(Message("b"), Ct));

        Assert.Contains("is a cluster that does not serve the queue's slot", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_number_is_refused()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(
            () => RedisConnection.ConnectAsync($"redis://127.0.0.1:{cluster.Nodes[0].Port}/1", Ct));

        Assert.Contains("a cluster has only database 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_that_a_node_has_forgotten_are_sent_again()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        await ConnectTests.LifeOfATaskAsync(connection);
        foreach (var node in cluster.Nodes)
        {
            await RedisCli.DoAsync(node.Port, "SCRIPT", "FLUSH");
        }

        await ConnectTests.LifeOfATaskAsync(connection);
        await ConnectTests.LifeOfATaskAsync(connection, "default");
    }
}

using System.Net;
using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>Enqueues that wait until replicas have confirmed them.</summary>
public sealed class ReplicaTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);
    // Long enough for a replica that has just been started, on a machine with much else to do.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_task_that_is_enqueued_is_on_the_replica_already()
    {
        await using var pair = await Pair.StartAsync();
        await using var plain = await AsynqClient.ConnectAsync(pair.Primary.ConnectionString, Ct);
        var client = plain.WaitForReplicas(1, Long);

        for (var number = 0; number < 20; number++)
        {
            var task = await client.EnqueueAsync(Request($"{number}"), Ct);
            Assert.Equal("1", await RedisCli.RunAsync(pair.Replica.Port, "EXISTS", K.Task(task.Id).ToString()));
        }

        var results = await client.EnqueueManyAsync([Request("many"), Request("0"), Request("more", "other")], Ct)
            .ToListAsync(Ct);
        Assert.Equal(
            [EnqueueStatus.Enqueued, EnqueueStatus.IdConflict, EnqueueStatus.Enqueued], results.Select(result => result.Status));
    }

    [Fact]
    public async Task Fewer_replicas_than_asked_for_are_told_and_the_task_is_stored()
    {
        await using var pair = await Pair.StartAsync();
        await using var plain = await AsynqClient.ConnectAsync(pair.Primary.ConnectionString, Ct);

        var refused = await Assert.ThrowsAsync<ReplicasNotConfirmedException>(
            () => plain.WaitForReplicas(2, Short).EnqueueAsync(Request("a"), Ct));

        Assert.Equal((1, 2, "a"), (refused.Confirmed, refused.Replicas, refused.Task.Id));
        Assert.Equal(
            "Task 'a' is stored in queue 'q' on the primary, but only 1 of 2 replica(s) confirmed it within 2000 ms: a failover "
            + "may lose it. Do not enqueue it again under another id: it would run twice.",
            refused.Message);
        Assert.Equal("a", await RedisCli.RunAsync(pair.Primary.Port, "LINDEX", K.Pending.ToString(), "0"));
        Assert.Equal(EnqueueStatus.Enqueued, (await plain.TryEnqueueAsync(Request("b"), Ct)).Status);
    }

    [Fact]
    public async Task A_replica_that_hangs_confirms_nothing_and_callers_share_the_wait()
    {
        await using var pair = await Pair.StartAsync();
        await using var plain = await AsynqClient.ConnectAsync(pair.Primary.ConnectionString, Ct);
        var client = plain.WaitForReplicas(1, Short);
        await client.EnqueueAsync(Request("before"), Ct);
        await pair.FreezeReplicaAsync();

        // One wait for each would take twice as long as the connection waits for an answer.
        var results = await Task.WhenAll(
            Enumerable.Range(0, 25).Select(number => client.TryEnqueueAsync(Request($"{number}"), Ct)));
        var many = await client.EnqueueManyAsync(
            Enumerable.Range(100, 50).Select(number => Request($"{number}", $"q{number % 5}")), Ct).ToListAsync(Ct);

        Assert.All(results.Concat(many), static result =>
        {
            Assert.Equal(EnqueueStatus.NotConfirmed, result.Status);
            Assert.Equal(result.TaskId, result.Task!.Id);
            Assert.Contains("only 0 of 1", Assert.IsType<ReplicasNotConfirmedException>(result.Error).Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Many_tasks_fail_unsent_and_one_by_one_where_Redis_refuses_to_tell_the_way_to_its_replicas()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var plain = await AsynqClient.ConnectAsync(server.ConnectionString, Ct);
        await RedisCli.DoAsync(server.Port, "ACL", "SETUSER", "default", "-client|id");

        var results = await plain.WaitForReplicas(1, Short)
            .EnqueueManyAsync(Enumerable.Range(0, 700).Select(number => Request($"{number}")), Ct).ToListAsync(Ct);

        Assert.Equal(Enumerable.Range(0, 700).Select(number => $"{number}"), results.Select(result => result.TaskId));
        Assert.All(results, static result =>
        {
            Assert.Equal(EnqueueStatus.Failed, result.Status);
            Assert.Contains("client|id", Assert.IsType<RedisRefusedException>(result.Error).Message, StringComparison.Ordinal);
        });
        Assert.Equal("0", await RedisCli.RunAsync(server.Port, "EXISTS", K.Pending.ToString()));
    }

    [Theory, EachBackend]
    public async Task Without_any_replica_a_task_is_stored_and_not_confirmed(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var plain = await AsynqClient.ConnectAsync(database.ConnectionString, Ct);
        await plain.EnqueueAsync(Request("first"), Ct);

        var result = await plain.WaitForReplicas(1, Short).TryEnqueueAsync(Request("a"), Ct);

        Assert.Equal(EnqueueStatus.NotConfirmed, result.Status);
        Assert.Equal(0, Assert.IsType<ReplicasNotConfirmedException>(result.Error).Confirmed);
        Assert.True(await database.Database.KeyExistsAsync(K.Task("a")));
        Assert.Equal(
            EnqueueStatus.IdConflict, (await plain.WaitForReplicas(1, Short).TryEnqueueAsync(Request("a"), Ct)).Status);
    }

    [Fact]
    public async Task A_connection_that_was_made_anew_confirms_nothing()
    {
        await using var pair = await Pair.StartAsync();
        await using var proxy = new CuttingProxy(pair.Primary.Port);
        await using var plain = await AsynqClient.ConnectAsync($"127.0.0.1:{proxy.Port}", Ct);
        var client = plain.WaitForReplicas(1, Long);
        await client.EnqueueAsync(Request("before"), Ct);

        proxy.CutReplies(1);
        var result = await client.TryEnqueueAsync(Request("a"), Ct);

        Assert.Equal(1, proxy.Cuts);
        Assert.Equal(EnqueueStatus.NotConfirmed, result.Status);
        Assert.Contains("it is not known whether 1 replica(s) have it (the connection was made anew", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("1", await RedisCli.RunAsync(pair.Primary.Port, "EXISTS", K.Task("a").ToString()));
        Assert.Equal(EnqueueStatus.Enqueued, (await client.TryEnqueueAsync(Request("b"), Ct)).Status);
    }

    [Fact]
    public async Task Only_the_same_connection_to_the_same_life_of_the_same_node_confirms()
    {
        await using var pair = await Pair.StartAsync();
        await using var connection = await RedisConnection.ConnectAsync(pair.Primary.ConnectionString, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var wait = new ReplicaWait(1, Long);
        var path = await broker.FindWritePathAsync(Queue, Ct);
        Assert.NotNull(path);
        Assert.Equal(40, path.History.Length);

        async Task<ReplicaCount> CountAsync(WritePath? before)
        {
            Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(Message(Guid.NewGuid().ToString()), Ct));
            return await broker.AwaitReplicasAsync(Queue, before, wait);
        }

        Assert.Equal(new ReplicaCount(1, null), await CountAsync(path));
        foreach (var other in new[]
        {
            null,
            path with { Connection = path.Connection + 1 },
            path with { History = new string('0', 40) },
            path with { Node = new IPEndPoint(IPAddress.Loopback, pair.Replica.Port) },
        })
        {
            var count = await CountAsync(other);
            Assert.Equal(0, count.Confirmed);
            Assert.NotNull(count.Doubt);
        }

        // As when it was restarted, or demoted and promoted: nobody holds its old writes any more.
        await RedisCli.DoAsync(pair.Primary.Port, "REPLICAOF", "127.0.0.1", "1");
        await RedisCli.DoAsync(pair.Primary.Port, "REPLICAOF", "NO", "ONE");
        Assert.NotNull((await CountAsync(path)).Doubt);
    }

    [Fact]
    public async Task On_a_cluster_the_replicas_of_the_queues_own_node_count()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        var owner = cluster.FirstOwnerOf(await cluster.SlotOfAsync(K.Lock.ToString()));
        var bare = cluster.Nodes.First(node => node != owner);
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "500"] }, Ct);
        await RedisCli.DoAsync(replica.Port, "CLUSTER", "MEET", "127.0.0.1", $"{owner.Port}");
        var id = await RedisCli.RunAsync(owner.Port, "CLUSTER", "MYID");
        await RedisCli.UntilAsync(replica.Port, static answer => answer == "OK", "CLUSTER", "REPLICATE", id);
        await Pair.UntilOnlineAsync(owner);
        await using var plain = await AsynqClient.ConnectAsync(cluster.ConnectionString, Ct);
        var client = plain.WaitForReplicas(1, Short);
        var other = "a";
        while (cluster.FirstOwnerOf(await cluster.SlotOfAsync(Keys.Of(other).Lock.ToString())) != bare)
        {
            other += "a";
        }

        var results = await client.EnqueueManyAsync([Request("1"), Request("2", other)], Ct).ToListAsync(Ct);

        Assert.Equal([EnqueueStatus.Enqueued, EnqueueStatus.NotConfirmed], results.Select(result => result.Status));
        Assert.Contains("only 0 of 1", results[1].Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-client|id", true)]
    [InlineData("-wait", false)]
    public async Task A_missing_right_is_told_before_the_task_is_stored_or_as_a_doubt(string missing, bool refused)
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { ConfigurationFile = [$"user default on nopass {LeastRights.Text} {LeastRights.ForReplicas} {missing}"] },
            Ct);
        await using var plain = await AsynqClient.ConnectAsync($"127.0.0.1:{server.Port}", Ct);
        var client = plain.WaitForReplicas(1, Short);

        if (refused)
        {
            var error = await Assert.ThrowsAsync<RedisRefusedException>(() => client.TryEnqueueAsync(Request("a"), Ct));
            Assert.Contains($"for WaitForReplicas also '{LeastRights.ForReplicas}'", error.Message, StringComparison.Ordinal);
        }
        else
        {
            var result = await client.TryEnqueueAsync(Request("a"), Ct);
            Assert.Equal(EnqueueStatus.NotConfirmed, result.Status);
            Assert.Contains("does not permit this", result.Error!.Message, StringComparison.Ordinal);
        }

        Assert.Equal(refused ? "0" : "1", await RedisCli.RunAsync(server.Port, "EXISTS", K.Task("a").ToString()));
    }

    [Fact]
    public async Task Options_out_of_range_are_refused_before_anything_is_sent()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        await using var plain = await AsynqClient.ConnectAsync(database.ConnectionString + ",asyncTimeout=700", Ct);

        Assert.Throws<ArgumentOutOfRangeException>("replicas", () => plain.WaitForReplicas(0));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => plain.WaitForReplicas(1, TimeSpan.Zero));
        var single = await Assert.ThrowsAsync<InvalidOperationException>(
            () => plain.WaitForReplicas(1).EnqueueAsync(Request("a"), Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await plain.WaitForReplicas(1).EnqueueManyAsync([Request("a")], Ct).ToListAsync(Ct));

        Assert.Contains("00:00:01, but the connection gives up on any answer after 00:00:00.7000000", single.Message, StringComparison.Ordinal);
        Assert.False(await database.Database.KeyExistsAsync(K.Task("a")));
        var own = new AsynqClient(database.Multiplexer);
        Assert.Equal(EnqueueStatus.NotConfirmed, (await own.WaitForReplicas(1, Short).TryEnqueueAsync(Request("a"), Ct)).Status);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => own.WaitForReplicas(1, TimeSpan.FromSeconds(5)).TryEnqueueAsync(Request("b"), Ct));
    }

    private static TaskRequest Request(string id, string queue = Queue) =>
        TaskRequest.CreateRaw("email:welcome", "x"u8.ToArray(), new() { TaskId = id, Queue = queue });

    /// <summary>A primary and its replica.</summary>
    private sealed class Pair(RedisServer primary, RedisServer replica) : IAsyncDisposable
    {
        internal RedisServer Primary => primary;

        internal RedisServer Replica => replica;

        internal static async Task<Pair> StartAsync()
        {
            var primary = await RedisServer.StartAsync(null, Ct);
            var replica = await RedisServer.StartAsync(
                new RedisServerOptions { Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] }, Ct);
            await UntilOnlineAsync(primary);
            return new Pair(primary, replica);
        }

        internal static Task<string> UntilOnlineAsync(RedisServer primary) => RedisCli.UntilAsync(
            primary.Port, static answer => answer.Contains("state=online", StringComparison.Ordinal), "INFO", "replication");

        /// <summary>Stops the replica's process where it stands; its connection stays.</summary>
        internal Task FreezeReplicaAsync() => RedisCli.FreezeAsync(replica.Port);

        public async ValueTask DisposeAsync()
        {
            await replica.DisposeAsync();
            await primary.DisposeAsync();
        }
    }
}

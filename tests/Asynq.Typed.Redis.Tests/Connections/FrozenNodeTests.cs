using System.Collections.Concurrent;
using System.Globalization;
using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Microsoft.Extensions.Logging;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>A node that is frozen while somebody connects to its cluster holds up its own queues, not those of the others.</summary>
public sealed class FrozenNodeTests
{
    private static readonly string[] Queues = ["q", "default", "critical", "low", "mail", "größe"];

    [Theory]
    [InlineData("EXISTS", 1)]
    [InlineData("\r\nTIME\r\n", 0)]
    public async Task Who_connects_works_on_the_queues_of_the_others(string at, int lines)
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        var owners = await FillAsync(cluster);
        await using var gates = await Gates.BeforeAsync(cluster, at);
        var log = new Lines();

        await using var source = new BrokerSource(
            async ct => await RedisConnection.ConnectAsync(gates.ConnectionString, log, ct), TimeProvider.System);
        var broker = await source.GetAsync(Ct);

        var frozen = await gates.Frozen.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.InRange(broker.Now - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5));
        var served = owners.Where(owner => owner.Value != frozen).Select(static owner => owner.Key).ToList();
        Assert.NotEmpty(served);
        foreach (var queue in served)
        {
            var task = Assert.Single((await broker.DequeueAsync(queue, 1, Lease, Ct)).Tasks);
            Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(task, Ct));
        }

        Assert.Equal(lines, log.Count);
        Assert.All(log, static line => Assert.Contains("look whether each of its nodes answers", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_single_server_that_is_frozen_is_not_reached()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var proxy = new CuttingProxy(server.Port) { Command = "EXISTS", Losing = false };
        var released = new TaskCompletionSource();
        proxy.Cutting = released.Task.Wait;
        proxy.CutReplies(1);

        var error = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => BrokerSource.ConnectAsync($"redis://127.0.0.1:{proxy.Port}", Ct));
        released.SetResult();

        Assert.Contains("no answer in time", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Puts a task into each queue.</summary>
    /// <returns>The node of each.</returns>
    private static async Task<Dictionary<string, RedisServer>> FillAsync(RedisCluster cluster)
    {
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var owners = new Dictionary<string, RedisServer>();
        foreach (var queue in Queues)
        {
            await new Broker(connection, TimeProvider.System).EnqueueAsync(Message("a", queue), Ct);
            owners[queue] = cluster.FirstOwnerOf(await cluster.SlotOfAsync(Keys.Of(queue).Pending.ToString()));
        }

        return owners;
    }

    /// <summary>A proxy before each node, by which the cluster is known. The node that first gets a command is frozen by it.</summary>
    private sealed class Gates : IAsyncDisposable
    {
        private readonly List<CuttingProxy> _proxies = [];
        private readonly TaskCompletionSource<RedisServer> _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<RedisServer> Frozen => _frozen.Task;

        internal string ConnectionString => string.Join(',', _proxies.Select(static proxy => $"127.0.0.1:{proxy.Port}"));

        internal static async Task<Gates> BeforeAsync(RedisCluster cluster, string command)
        {
            var gates = new Gates();
            foreach (var node in cluster.Nodes)
            {
                var proxy = new CuttingProxy(node.Port) { Command = command, Losing = false };
                proxy.Cutting = () => gates.Freeze(node);
                gates._proxies.Add(proxy);
                await SetAsync(node, "cluster-announce-port", proxy.Port);

                // Else the others give a node up after half a second, and all queues with it.
                await SetAsync(node, "cluster-node-timeout", 60_000);
            }

            foreach (var node in cluster.Nodes)
            {
                await RedisCli.UntilAsync(
                    node.Port,
                    answer => gates._proxies.TrueForAll(proxy => answer.Contains($":{proxy.Port}@", StringComparison.Ordinal)),
                    "CLUSTER",
                    "NODES");
            }

            gates._proxies.ForEach(static proxy => proxy.CutReplies(1));
            return gates;
        }

        public async ValueTask DisposeAsync()
        {
            _over.SetResult();
            foreach (var proxy in _proxies)
            {
                await proxy.DisposeAsync();
            }
        }

        private static Task SetAsync(RedisServer node, string name, int value) =>
            RedisCli.DoAsync(node.Port, "CONFIG", "SET", name, value.ToString(CultureInfo.InvariantCulture));

        private void Freeze(RedisServer node)
        {
            lock (_proxies)
            {
                if (_frozen.Task.IsCompleted)
                {
                    return;
                }

                RedisCli.FreezeAsync(node.Port).GetAwaiter().GetResult();
                _frozen.SetResult(node);
            }

            // The reply is not to be had either.
            _over.Task.Wait();
        }
    }

    /// <summary>What is logged.</summary>
    private sealed class Lines : ConcurrentQueue<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue(formatter(state, exception));
    }
}

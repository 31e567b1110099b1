using System.Collections.Concurrent;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Scripts of one queue are isolated from each other, on the embedded server too.</summary>
public sealed class ContentionTests
{
    private const int Connections = 8;
    private const int TasksEach = 400;

    [Theory, EachBackend]
    public async Task Nothing_is_lost_and_nothing_comes_twice(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var done = new ConcurrentBag<string>();
        var connections = new List<RedisConnection>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                connections.Add(await RedisConnection.ConnectAsync(scene.ConnectionString, Ct));
            }

            var brokers = connections.Select(connection => new Redis.Broker(connection, TimeProvider.System)).ToList();
            var producers = brokers.Select((broker, at) => Task.Run(() => ProduceAsync(broker, at), Ct));
            var workers = brokers.Select(broker => Task.Run(() => WorkAsync(broker, done), Ct));
            await Task.WhenAll([.. producers, .. workers]);
        }
        finally
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }

        const int All = Connections * TasksEach;
        Assert.Equal(All, done.Count);
        Assert.Equal(All, done.Distinct().Count());
        Assert.Equal($"{All}", await scene.Database.StringGetAsync(K.Processed));
        Assert.False(await scene.Database.KeyExistsAsync([K.Active, K.Lease, K.Pending]) > 0);
        Assert.Equal(All / 2, await scene.Database.SortedSetLengthAsync(K.Completed));
        Assert.DoesNotContain(":t:done-", await scene.DumpAsync(), StringComparison.Ordinal);
        foreach (var id in done.Where(id => id.StartsWith("kept-", StringComparison.Ordinal)))
        {
            Assert.Equal($"result of {id}", await scene.FieldAsync(id, "result"));
        }
    }

    private static async Task ProduceAsync(Redis.Broker broker, int producer)
    {
        for (var i = 0; i < TasksEach; i++)
        {
            var message = i % 2 == 0
                ? Message($"kept-{producer}-{i}", retention: 3_600)
                : Message($"done-{producer}-{i}", unique: $"{producer}-{i}");
            var outcome = i % 2 == 0
                ? await broker.EnqueueAsync(message, Ct)
                : await broker.EnqueueUniqueAsync(message, TimeSpan.FromHours(1), Ct);
            Assert.Equal(EnqueueOutcome.Enqueued, outcome);
        }
    }

    private static async Task WorkAsync(Redis.Broker broker, ConcurrentBag<string> done)
    {
        while (done.Count < Connections * TasksEach)
        {
            var fetched = await broker.DequeueAsync(Queue, 5, TimeSpan.FromMinutes(5), Ct);
            foreach (var task in fetched.Tasks)
            {
                await broker.CancelAsync(Queue, task.Id, Ct);
                Assert.Equal([task], (await broker.ExtendLeaseAsync(Queue, [task], TimeSpan.FromMinutes(5), Ct)).Cancelled);
                var result = System.Text.Encoding.UTF8.GetBytes($"result of {task.Id}");
                Assert.Equal(LeaseOutcome.Written, await broker.WriteResultAsync(task, result, Ct));
                Assert.Equal(LeaseOutcome.Written, task.Message.Retention > 0
                    ? await broker.CompleteAsync(task, Ct)
                    : await broker.DoneAsync(task, Ct));
                done.Add(task.Id);
            }
        }
    }
}

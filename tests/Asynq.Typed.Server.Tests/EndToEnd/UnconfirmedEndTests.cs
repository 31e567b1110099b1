using System.Collections.Concurrent;
using Asynq.Typed.Redis;
using Asynq.Typed.Server.Tests.Components;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Where Redis refuses the final writes, the server does not go on to empty the queue.</summary>
public sealed class UnconfirmedEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task No_more_than_twice_as_many_tasks_as_there_are_slots_wait_for_their_end_to_be_written(Backend backend)
    {
        const int Tasks = 1_000;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new ConcurrentDictionary<string, int>();
        var redis = HangingRedis.On(database.Multiplexer);
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, context, _) =>
            {
                started.AddOrUpdate(context.TaskId, 1, static (_, before) => before + 1);
                return Task.CompletedTask;
            },
            build: asynq => asynq.UseRedis(redis.Multiplexer));
        var completed = Keys.Of("default").Completed;
        await database.Database.StringSetAsync(completed, "x");
        await foreach (var enqueued in host.Client.EnqueueManyAsync(
            Enumerable.Range(0, Tasks).Select(static number => new Job($"{number}")), null, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, enqueued.Status);
        }

        await host.StartAsync();

        await Eventually.TrueAsync(() => redis.CallsOf("finish.lua") > 40, "the writes are repeated in vain");
        Assert.InRange(started.Count, 1, 8);
        Assert.Single(host.Log.Lines, static line => line.Text.Contains("could not be told the end", StringComparison.Ordinal));

        await database.Database.KeyDeleteAsync(completed);
        await Eventually.TrueAsync(
            async () => (long)await database.Database.StringGetAsync(Keys.Of("default").Processed) == Tasks, "all are done");
        Assert.Equal(Tasks, started.Count);
        Assert.All(started.Values, static runs => Assert.Equal(1, runs));
    }

    [Fact]
    public async Task A_concurrency_without_bounds_runs_tasks()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(
            database,
            static (_, _, _) => Task.CompletedTask,
            static options =>
            {
                options.Concurrency = int.MaxValue;
                options.Queues = new() { ["default"] = 2, ["other"] = 1 };
            });

        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("x"), null, Token));
        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("x"), new() { Queue = "other" }, Token));
    }
}

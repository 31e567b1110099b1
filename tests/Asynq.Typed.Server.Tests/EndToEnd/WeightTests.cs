using System.Collections.Concurrent;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>The weights of queues, as a running server keeps them.</summary>
public sealed class WeightTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Full_queues_are_served_by_their_weights_within_two_points_over_ten_thousand_tasks(Backend backend)
    {
        const int Counted = 10_000;
        const int Each = 7_000;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new ConcurrentQueue<string>();
        var enough = new TaskCompletionSource();
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, context, _) =>
            {
                started.Enqueue(context.Queue);
                if (started.Count >= Counted)
                {
                    enough.TrySetResult();
                }

                return Task.CompletedTask;
            },
            static options =>
            {
                options.Concurrency = 100;
                options.Queues = new() { ["critical"] = 6, ["default"] = 3, ["low"] = 1 };
            });
        foreach (var queue in (string[])["critical", "default", "low"])
        {
            var tasks = Enumerable.Range(0, Each).Select(static number => new Job($"{number}"));
            await foreach (var enqueued in host.Client.EnqueueManyAsync(tasks, new() { Queue = queue }, Token))
            {
                Assert.Equal(EnqueueStatus.Enqueued, enqueued.Status);
            }
        }

        await host.StartAsync();
        await Eventually.ComesAsync(enough.Task);

        var parts = started.Take(Counted).CountBy(static queue => queue).ToDictionary();
        Assert.Equal(0.6, parts["critical"] / (double)Counted, 0.02);
        Assert.Equal(0.3, parts["default"] / (double)Counted, 0.02);
        Assert.Equal(0.1, parts["low"] / (double)Counted, 0.02);
    }
}

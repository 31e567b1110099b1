using System.Diagnostics;
using Hangfire;
using Hangfire.Redis.StackExchange;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>The same work by Hangfire with Hangfire.Redis.StackExchange.</summary>
internal sealed class PeerRow(int concurrency) : Row
{
    private const int Tasks = 4_000;
    private const int OwnTasks = 60_000;
    private const int Pairs = 3;

    private static Tally _tally = new();

    internal override string Name => $"peer-hangfire-{concurrency}";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var run = new ProcessingRun(bench, concurrency, Bench.Queue);
        await HangfireAsync(bench, Tasks / 4);
        await run.ServerAsync(OwnTasks, number => new Noop(number));
        var pairs = new List<(double Own, double Peer)>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            var peer = await HangfireAsync(bench, Tasks);
            var own = await run.ServerAsync(OwnTasks, number => new Noop(number));
            pairs.Add((own.TasksPerSecond, peer));
            bench.Tell($"{pair}/{Pairs}: {peer:N0} a second, here {own.TasksPerSecond:N0}");
        }

        var times = pairs.Select(pair => pair.Own / pair.Peer).Median();
        return
        [
            new Measurement(
                Name, $"Hangfire, no-op jobs, {concurrency} workers", "tasks/s", pairs.Select(pair => pair.Peer).Median(), "", null)
            {
                Spread = pairs.Select(pair => pair.Peer).ToList().Spread(),
                Detail = $"here {pairs.Select(pair => pair.Own).Median():N0} in the same run, {times:0.0} times as many",
            },
        ];
    }

    /// <summary>What Hangfire calls.</summary>
    public static void Run(int number)
    {
        _ = number;
        _tally.Add();
    }

    private async Task<double> HangfireAsync(Bench bench, int count)
    {
        await bench.EmptyAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(bench.ConnectionString);
        var storage = new RedisStorage(connection);
        var client = new BackgroundJobClient(storage);
        for (var number = 0; number < count; number++)
        {
            client.Enqueue(() => Run(number));
        }

        _tally = new Tally();
        var warm = _tally.WhenAsync(count / 10);
        var done = _tally.WhenAsync(count);
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = concurrency }, storage);
        return (count - (count / 10)) / Stopwatch.GetElapsedTime(await warm, await done).TotalSeconds;
    }
}

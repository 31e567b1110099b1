using System.Diagnostics;
using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>
/// Work of a given size: a server, and in turn the ceiling, take tasks from queues that hold as many as are asked for. The queues
/// are paused while they are filled, and both begin when all is in place, so that no start of a server is measured.
/// </summary>
internal sealed class SizedRun(Bench bench, WorkSize size)
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    private readonly List<QueueKeys> _queues = [.. size.Queues.Select(Keys.Of)];

    /// <summary>How many tasks one round takes, and how many rounds make a run.</summary>
    private int Taken => Math.Min(size.Pending, size.Tasks);

    private int Rounds => Math.Max(1, size.Tasks / Taken);

    internal async Task<SizedResult> ServerAsync()
    {
        await using var worker = Worker.Create(bench, size.Concurrency, [.. size.Queues]);
        await PauseAsync();
        await worker.StartAsync();
        var result = new SizedResult();
        for (var round = 0; round < Rounds; round++)
        {
            await FillAsync();
            await Task.Delay(round == 0 ? Settle : TimeSpan.Zero);
            var before = await bench.UseAsync();
            var warm = worker.Tally.WhenAsync(worker.Tally.Count + (Taken / 10));
            var done = worker.Tally.WhenAsync(worker.Tally.Count + Taken);
            await ResumeAsync();
            var (began, ended) = (await warm, await done);
            await PauseAsync();
            await UntilFinishedAsync();
            var run = size.Pending - await PendingAsync();
            result += new SizedResult(
                Taken - (Taken / 10), Stopwatch.GetElapsedTime(began, ended), run, await bench.UseAsync() - before);
        }

        return result;
    }

    /// <summary>
    /// The scripts over the same tasks, in the batches that the server had: as many batches at once as fill its slots, or fewer.
    /// </summary>
    internal async Task<SizedResult> CeilingAsync(double batch, int atOnce = int.MaxValue)
    {
        await using var driver = await ScriptDriver.ConnectAsync(bench);
        var most = Math.Clamp((int)Math.Round(batch), 1, size.Concurrency);
        var lanes = Math.Clamp(size.Concurrency / most, 1, atOnce);
        var result = new SizedResult();
        for (var round = 0; round < Rounds; round++)
        {
            await PauseAsync();
            await FillAsync();
            await Task.WhenAll(_queues.Select(queue => bench.Database.KeyDeleteAsync(queue.Paused)));
            var before = await bench.UseAsync();
            var (took, tasks) = await driver.DrainAsync(size.Queues, most, lanes, Taken / 10, Taken);
            var run = size.Pending - await PendingAsync();
            result += new SizedResult(tasks, took, run, await bench.UseAsync() - before);
        }

        return result;
    }

    /// <summary>Fills the queues up, each with the same number of tasks.</summary>
    private async Task FillAsync()
    {
        for (var at = 0; at < _queues.Count; at++)
        {
            var share = (size.Pending / _queues.Count) + (at < size.Pending % _queues.Count ? 1 : 0);
            var missing = share - (int)await bench.Database.ListLengthAsync(_queues[at].Pending);
            if (missing > 100_000)
            {
                bench.Tell($"{missing:N0} tasks are enqueued");
            }

            if (missing > 0)
            {
                await size.FillAsync(bench, size.Queues[at], missing);
            }
        }

        GC.Collect();
    }

    private async Task PauseAsync() =>
        await Task.WhenAll(_queues.Select(queue => bench.Database.StringSetAsync(queue.Paused, 1)));

    private async Task ResumeAsync()
    {
        await Task.WhenAll(_queues.Select(queue => bench.Database.KeyDeleteAsync(queue.Paused)));
        await bench.Database.PublishAsync(RedisChannel.Literal(_queues[0].WakeChannel), "");
    }

    private async Task UntilFinishedAsync()
    {
        foreach (var queue in size.Queues)
        {
            await bench.UntilFinishedAsync(queue);
        }
    }

    private async Task<long> PendingAsync() =>
        (await Task.WhenAll(_queues.Select(queue => bench.Database.ListLengthAsync(queue.Pending)))).Sum();
}

using Asynq.Typed.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What fetching a task and finishing it cost inside Redis, each by itself.</summary>
/// <param name="Dequeue">Microseconds in the script that fetches, for a task.</param>
/// <param name="Finish">Microseconds in the script that finishes, for a task.</param>
internal sealed record ScriptCosts(double Dequeue, double Finish)
{
    // So many are active at once as a server of 100 slots may have, fetched and not finished yet.
    private const int ActiveTasks = 200;

    /// <summary>Takes all pending tasks in batches, several of them fetched before they are finished.</summary>
    internal static async Task<ScriptCosts> MeasureAsync(Bench bench, int count, int batch)
    {
        await bench.EmptyAsync();
        await bench.FillAsync(Enumerable.Range(0, count).Select(number => new Noop(number)));
        await using var driver = await ScriptDriver.ConnectAsync(bench);
        var queue = Keys.Of(Bench.Queue);
        var (dequeue, finish) = (0L, 0L);
        for (var fetched = 0; fetched < count;)
        {
            var began = await bench.UseAsync();
            var batches = new List<List<ReadOnlyMemory<byte>>>();
            for (var at = 0; at < Math.Max(1, ActiveTasks / batch); at++)
            {
                batches.Add(await driver.FetchAsync(queue, batch));
                fetched += batches[^1].Count;
            }

            var between = await bench.UseAsync();
            foreach (var tasks in batches.Where(tasks => tasks.Count > 0))
            {
                await driver.FinishAsync(queue, tasks);
            }

            dequeue += (between - began).Microseconds;
            finish += (await bench.UseAsync() - between).Microseconds;
        }

        return new ScriptCosts(dequeue / (double)count, finish / (double)count);
    }
}

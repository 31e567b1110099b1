using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>One run of a server over tasks that wait, and one of the ceiling over the same.</summary>
/// <param name="bench">Where.</param>
/// <param name="concurrency">How many slots the server has.</param>
/// <param name="queues">The queues that the tasks are spread over.</param>
internal sealed class ProcessingRun(Bench bench, int concurrency, params IReadOnlyList<string> queues)
{
    internal sealed record Result(double TasksPerSecond, double Batch, double ScriptMicrosecondsPerTask)
    {
        /// <summary>The processor time of Redis, in scripts and beside.</summary>
        internal double RedisCpuMicrosecondsPerTask { get; init; }

        /// <summary>What the process allocates.</summary>
        internal double BytesPerTask { get; init; }

        /// <summary>What the process uses, for a task.</summary>
        internal ClientShare Client { get; init; } = ClientShare.None;
    }

    /// <summary>Has a server run the tasks; the first tenth is not counted.</summary>
    internal async Task<Result> ServerAsync<T>(int count, Func<int, T> task)
        where T : IAsynqTask<T>
    {
        await FillAsync(count, task);
        var before = await bench.UseAsync();
        await using var worker = Worker.Create(bench, concurrency, [.. queues]);
        var warm = worker.Tally.WhenAsync(count / 10);
        var done = worker.Tally.WhenAsync(count);
        await worker.StartAsync();
        var began = await warm;
        var (bytes, client) = (GC.GetTotalAllocatedBytes(), ClientUse.Read());
        var beganAt = worker.Tally.Count;
        var ended = await done;
        (bytes, client) = (GC.GetTotalAllocatedBytes() - bytes, ClientUse.Read() - client);
        var used = await bench.UseAsync() - before;
        var measured = count - (count / 10);
        return new Result(
            measured / Stopwatch.GetElapsedTime(began, ended).TotalSeconds, 2.0 * count / used.Calls, used.Microseconds / (double)count)
        {
            RedisCpuMicrosecondsPerTask = used.CpuMicroseconds / count,
            BytesPerTask = bytes / (double)(count - beganAt),
            Client = client.For(count - beganAt),
        };
    }

    /// <summary>Drives the scripts over the same tasks, with the batch size that the server had.</summary>
    internal async Task<Result> CeilingAsync<T>(int count, Func<int, T> task, double batch)
        where T : IAsynqTask<T>
    {
        await FillAsync(count, task);
        await using var driver = await ScriptDriver.ConnectAsync(bench);
        var before = await bench.UseAsync();
        var size = Math.Clamp((int)Math.Round(batch), 1, concurrency);
        var (took, tasks) = await driver.DrainAsync(queues, size, Math.Max(1, concurrency / size), count / 10);
        var used = await bench.UseAsync() - before;
        return new Result(tasks / took.TotalSeconds, 2.0 * count / used.Calls, used.Microseconds / (double)count);
    }

    private async Task FillAsync<T>(int count, Func<int, T> task)
        where T : IAsynqTask<T>
    {
        await bench.EmptyAsync();
        foreach (var (queue, at) in queues.Select((queue, at) => (queue, at)))
        {
            var share = (count / queues.Count) + (at < count % queues.Count ? 1 : 0);
            await bench.FillAsync(Enumerable.Range(0, share).Select(task), new EnqueueOptions { Queue = queue });
        }

        GC.Collect();
    }
}

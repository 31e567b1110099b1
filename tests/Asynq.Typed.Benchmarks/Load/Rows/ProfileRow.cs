using System.Diagnostics;
using Asynq.Typed.Redis;
using Google.Protobuf;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>What the time of a processed task is made of: no targets, but what is to be seen before and after a change.</summary>
internal sealed class ProfileRow(int concurrency) : Row
{
    private const int Tasks = 60_000;
    private const int ScriptTasks = 20_000;
    private const int Runs = 5;
    private const int Loops = 200_000;

    internal override string Name => $"profile-{concurrency}";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var run = new ProcessingRun(bench, concurrency, Bench.Queue);
        await run.ServerAsync(Tasks, number => new Noop(number));
        var results = new List<ProcessingRun.Result>();
        for (var repeat = 1; repeat <= Runs; repeat++)
        {
            results.Add(await run.ServerAsync(Tasks, number => new Noop(number)));
            bench.Tell($"{repeat}/{Runs}: {results[^1].TasksPerSecond:N0} a second");
        }

        var batch = results.Select(result => result.Batch).Median();
        var scripts = await ScriptCosts.MeasureAsync(bench, ScriptTasks, Math.Clamp((int)Math.Round(batch), 1, concurrency));
        return [Wall(results), .. Redis(results, scripts, batch), .. Client(results), Serialization()];
    }

    private Measurement Wall(List<ProcessingRun.Result> results) =>
        Line("a task, by the clock", results, result => 1_000_000 / result.TasksPerSecond) with
        {
            Detail = $"{results.Select(result => result.TasksPerSecond).Median():N0} tasks/s at concurrency {concurrency}",
        };

    private IEnumerable<Measurement> Redis(List<ProcessingRun.Result> results, ScriptCosts scripts, double batch)
    {
        yield return Line("Redis, in scripts, by the clock", results, result => result.ScriptMicrosecondsPerTask) with
        {
            Detail = $"batches of {batch:0.0}; driven alone, dequeue {scripts.Dequeue:0.0} and finish {scripts.Finish:0.0}",
        };
        yield return Line("Redis, its main thread in all", results, result => result.RedisCpuMicrosecondsPerTask) with
        {
            Detail = "scripts, protocol and sockets; processor time, where the line above is by the clock",
        };
    }

    private IEnumerable<Measurement> Client(List<ProcessingRun.Result> results)
    {
        var kinds = results.SelectMany(result => result.Client.Cpu).GroupBy(thread => thread.Key, thread => thread.Value)
            .Select(kind => (Name: kind.Key, Cpu: kind.Median()))
            .Where(kind => kind.Cpu >= 0.05)
            .OrderByDescending(kind => kind.Cpu);
        yield return Line("this process, all threads, processor time", results, result => result.Client.Cpu.Values.Sum()) with
        {
            Detail = string.Join(", ", kinds.Select(kind => $"{kind.Name} {kind.Cpu:0.0}")),
        };
        yield return Line("this process, held up by the garbage collector", results, result => result.Client.PauseMicroseconds) with
        {
            Detail = $"{results.Select(result => result.BytesPerTask).Median():N0} bytes a task",
        };
        yield return Line("hops: work items of the thread pool", results, result => result.Client.WorkItems) with
        {
            Unit = "a task",
            Detail = $"{results.Select(result => 1_000 * result.Client.Contentions).Median():0.0} locks waited for in 1,000 tasks",
        };
    }

    /// <summary>From the bytes that Redis answers to the handler's argument.</summary>
    private Measurement Serialization()
    {
        var stored = new TaskMessage
        {
            Type = "load:noop", Payload = ByteString.CopyFrom(Payload.Of(new Noop(42))), Id = Guid.NewGuid().ToString("D"),
            Queue = Bench.Queue, Retry = 25, Timeout = 1_800,
        }.ToByteArray();
        var microseconds = 0.0;
        for (var round = 0; round < 3; round++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var loop = 0; loop < Loops; loop++)
            {
                _ = Read<Noop>(TaskMessage.Parser.ParseFrom(stored).Payload.Memory);
            }

            microseconds = Stopwatch.GetElapsedTime(began).TotalMicroseconds / Loops;
        }

        return new Measurement(Name, "of that, reading the message and the payload", "µs", microseconds, "", null)
        {
            Detail = $"{stored.Length} bytes, in a loop of its own",
        };
    }

    private static T Read<T>(ReadOnlyMemory<byte> payload)
        where T : IAsynqTask<T> => T.Read(payload);

    private Measurement Line(string what, List<ProcessingRun.Result> results, Func<ProcessingRun.Result, double> figure)
    {
        double[] figures = [.. results.Select(figure)];
        return new Measurement(Name, what, "µs", figures.Median(), "", null) { Spread = figures.Spread() };
    }
}

using System.Buffers;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>What a processed task allocates, all in; and what the mux and writing a payload do of it.</summary>
internal sealed class AllocationRow : Row
{
    private const int Tasks = 60_000;
    private const int Runs = 3;
    private const int Loops = 10_000;
    private const double Most = 1.5 * 1024;

    internal override string Name => "allocation";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var run = new ProcessingRun(bench, 100, Bench.Queue);
        await run.ServerAsync(Tasks, number => new Noop(number));
        var bytes = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            bytes.Add((await run.ServerAsync(Tasks, number => new Noop(number))).BytesPerTask);
            bench.Tell($"{i + 1}/{Runs}: {bytes[^1]:N0} bytes");
        }

        return
        [
            new Measurement(Name, "per processed task, all in", "bytes", bytes.Median(), $"≤ {Most:N0}", bytes.Median() <= Most)
            {
                Spread = bytes.Spread(), Detail = "the whole process, concurrency 100",
            },
            None("to find and start a handler", Dispatch()),
            None("to write a payload", Write()),
        ];
    }

    private Measurement None(string what, double bytes) => new(Name, what, "bytes", bytes, "0", bytes == 0);

    private static double Write()
    {
        var output = new ArrayBufferWriter<byte>(256);
        return BytesOf(() =>
        {
            output.ResetWrittenCount();
            Write(output, Noop);
        });
    }

    private static readonly Noop Noop = new(42);

    private static void Write<T>(ArrayBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);

    private static double Dispatch()
    {
        var benchmark = new DispatchBenchmarks { Types = 1 };
        benchmark.Setup();
        return BytesOf(() => benchmark.Generated());
    }

    private static double BytesOf(Action action)
    {
        // Twice, so that the compiler's second thoughts are over.
        var bytes = 0.0;
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Loops; i++)
            {
                action();
            }

            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Loops;
        }

        return bytes;
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Asynq.Typed.Benchmarks;

/// <summary>
/// Compares what is generated with the other in batches of a fraction of a millisecond, in turn. A batch that another process
/// interrupts is one of the slow ones, and the fast ones tell: so it gives an answer on a busy machine as well.
/// </summary>
internal static class Pairs
{
    private const int Batch = 200;
    private const int WarmUps = 2000;
    private const int Rounds = 20_000;

    // Of the batches, the fastest twentieth.
    private const int Rank = Rounds / 20;

    internal static int Run()
    {
        var writes = new WriteBenchmarks();
        writes.Setup();
        var reads = new ReadBenchmarks();
        var slower = 0;
        slower += Compare("write MessagePack", 1, writes.Generated, writes.MessagePackCSharp);
        slower += Compare("write, its formatter", 1, writes.Generated, writes.MessagePackCSharpFormatter);
        slower += Compare("write JSON", 1, writes.GeneratedJson, writes.SystemTextJson);
        slower += Compare("read MessagePack", 1, () => reads.Generated(), () => reads.MessagePackCSharp());
        slower += Compare("read, its formatter", 1, () => reads.Generated(), () => reads.MessagePackCSharpFormatter());
        slower += Compare("read JSON", 1, () => reads.GeneratedJson(), () => reads.SystemTextJson());
        foreach (var types in (int[])[1, 10, 50])
        {
            var dispatches = new DispatchBenchmarks { Types = types };
            dispatches.Setup();
            slower += Compare(
                $"dispatch, {types} in play",
                DispatchBenchmarks.Turns,
                () => dispatches.Generated(),
                () => dispatches.DictionaryOfDelegates());
        }

        return slower == 0 ? 0 : 1;
    }

    private static int Compare(string name, int operations, Action generated, Action other)
    {
        var calls = Math.Max(1, Batch / operations);
        for (var i = 0; i < WarmUps; i++)
        {
            Time(calls, generated);
            Time(calls, other);
        }

        var ofGenerated = new long[Rounds];
        var ofOther = new long[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            ofGenerated[i] = Time(calls, generated);
            ofOther[i] = Time(calls, other);
        }

        var (mine, theirs) = (Nanoseconds(ofGenerated, calls * operations), Nanoseconds(ofOther, calls * operations));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-24} {mine,8:F1} ns {theirs,8:F1} ns  {mine / theirs,5:F2}"));
        return mine <= theirs ? 0 : 1;
    }

    private static long Time(int calls, Action action)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            action();
        }

        return Stopwatch.GetTimestamp() - began;
    }

    private static double Nanoseconds(long[] ticks, int operations)
    {
        Array.Sort(ticks);
        return ticks[Rank] * 1e9 / Stopwatch.Frequency / operations;
    }
}

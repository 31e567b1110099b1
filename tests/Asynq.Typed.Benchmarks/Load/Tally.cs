using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Counts handled tasks and says when there were enough.</summary>
internal sealed class Tally
{
    private readonly List<Mark> _marks = [];
    private long _count;

    internal long Count => Volatile.Read(ref _count);

    /// <summary>When the n-th task was handled, by <see cref="Stopwatch"/>. To be asked for while none is.</summary>
    internal Task<long> WhenAsync(long n)
    {
        _marks.RemoveAll(mark => mark.Reached.Task.IsCompleted);
        var mark = new Mark(n, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        _marks.Add(mark);
        return mark.Reached.Task;
    }

    internal void Add()
    {
        var count = Interlocked.Increment(ref _count);
        foreach (var mark in _marks)
        {
            if (mark.At == count)
            {
                mark.Reached.TrySetResult(Stopwatch.GetTimestamp());
            }
        }
    }

    private sealed record Mark(long At, TaskCompletionSource<long> Reached);
}

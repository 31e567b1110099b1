using System.Collections.Concurrent;
using System.Globalization;

namespace Asynq.Typed.Redis;

/// <summary>
/// Numbers the enqueues of one process. Redis notes the number of each that it has made, so that one whose reply was missed
/// can be sent again: even where its tasks were finished, and so forgotten, in between.
/// </summary>
internal sealed class CallMarks(TimeProvider time)
{
    // A call is told from its repetition as long as fewer than this many of the process' calls to its queue came after it.
    private const int Kept = 1024;

    private static readonly TimeSpan ExtendInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _extended = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>Names the process among all that enqueue.</summary>
    internal string Caller { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The mark of the next call.</summary>
    internal CallMark Next(string queue)
    {
        var number = Interlocked.Increment(ref _number);
        var text = number.ToString("x10", CultureInfo.InvariantCulture);
        return new CallMark(text, number % Kept * text.Length, IsDue(queue));
    }

    /// <summary>Whether the marks of the queue must be kept longer, so that they do not expire while they are in use.</summary>
    private bool IsDue(string queue)
    {
        var now = time.GetUtcNow();
        if (_extended.TryGetValue(queue, out var last) && now - last < ExtendInterval)
        {
            return false;
        }

        _extended[queue] = now;
        return true;
    }
}

/// <summary>How one call is known.</summary>
/// <param name="Text">Its number, always of the same length.</param>
/// <param name="Place">Where it stands among the marks, in bytes.</param>
/// <param name="KeepsMarks">Whether this call makes the marks last longer.</param>
internal readonly record struct CallMark(string Text, long Place, bool KeepsMarks);

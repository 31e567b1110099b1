using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Asynq.Typed.Server.Tests;

/// <summary>
/// A clock that only the test turns, and that says which timers are set: a test that turns it by an exact time must not do so
/// before the loop that it is about has begun to wait.
/// </summary>
internal sealed class WatchedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<Watched, DateTimeOffset> _set = new();

    /// <summary>
    /// Whether something is going on that takes its own time, whatever this clock says: to turn it meanwhile would have a slow
    /// machine seem to be a Redis that does not answer.
    /// </summary>
    internal Func<bool> IsHeldUp { get; set; } = static () => false;

    /// <summary>Whether a timer is set for a time within bounds.</summary>
    internal bool IsSet(DateTimeOffset from, DateTimeOffset to) => _set.Values.Any(at => at >= from && at <= to);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var now = GetUtcNow();
        var timer = new Watched(this, base.CreateTimer(callback, state, dueTime, period));
        Note(timer, now, dueTime);
        return timer;
    }

    private void Note(Watched timer, DateTimeOffset now, TimeSpan dueTime)
    {
        if (dueTime >= TimeSpan.Zero && dueTime < DateTimeOffset.MaxValue - now)
        {
            _set[timer] = now + dueTime;
        }
        else
        {
            _set.TryRemove(timer, out _);
        }
    }

    private sealed class Watched(WatchedClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var now = clock.GetUtcNow();
            var isChanged = timer.Change(dueTime, period);
            clock.Note(this, now, dueTime);
            return isChanged;
        }

        public void Dispose()
        {
            clock._set.TryRemove(this, out _);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            clock._set.TryRemove(this, out _);
            return timer.DisposeAsync();
        }
    }
}

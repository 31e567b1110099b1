using System.Collections.Concurrent;

namespace Asynq.Typed.Server;

/// <summary>How long a group whose tasks could not be aggregated is left alone: longer with each failure in a row.</summary>
internal sealed class GroupBackoff(TimeSpan first, TimeProvider time)
{
    /// <summary>As long as a set of a crashed server is left alone.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private const int MostDoublings = 16;

    private readonly ConcurrentDictionary<(string Queue, string Group), Streak> _failing = new();

    private readonly record struct Streak(int Failures, long LastAt);

    /// <summary>An aggregation failed.</summary>
    /// <returns>How long to leave the group's tasks alone.</returns>
    internal TimeSpan AfterFailure(string queue, string group)
    {
        var streak = _failing.AddOrUpdate(
            (queue, group),
            static (_, now) => new Streak(1, now),
            static (_, streak, now) => new Streak(streak.Failures + 1, now),
            time.GetTimestamp());
        var delay = first * (1 << Math.Min(streak.Failures - 1, MostDoublings));
        return delay < Longest ? delay : Longest;
    }

    internal void Succeeded(string queue, string group) => _failing.TryRemove((queue, group), out _);

    /// <summary>Forgets groups that have not failed for a while: other servers may have aggregated them.</summary>
    internal void ForgetOld()
    {
        foreach (var (group, streak) in _failing)
        {
            if (time.GetElapsedTime(streak.LastAt) >= Memory)
            {
                _failing.TryRemove(new(group, streak));
            }
        }
    }
}

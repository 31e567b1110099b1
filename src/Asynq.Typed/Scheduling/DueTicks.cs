namespace Asynq.Typed.Scheduling;

/// <summary>The ticks of an entry that are due and not dealt with.</summary>
/// <param name="Ticks">Those to enqueue, the oldest first.</param>
/// <param name="Newest">The newest that is due, to be enqueued or not; <c>null</c> where none is.</param>
/// <param name="Dropped">Whether there are due ticks that are not to be enqueued.</param>
internal sealed record DueTicks(IReadOnlyList<DateTimeOffset> Ticks, DateTimeOffset? Newest, bool Dropped)
{
    private static readonly TimeSpan FirstWindow = TimeSpan.FromMinutes(1);

    /// <summary>Finds them.</summary>
    /// <param name="timetable">The entry's ticks.</param>
    /// <param name="after">Ticks up to here are dealt with.</param>
    /// <param name="now">Ticks up to here are due.</param>
    /// <param name="policy">What becomes of missed ones.</param>
    /// <param name="threshold">How late a tick counts as missed.</param>
    internal static DueTicks Find(
        Timetable timetable, DateTimeOffset after, DateTimeOffset now, MisfirePolicy policy, TimeSpan threshold)
    {
        var found = NewestOf(timetable, after, now, policy.Limit, out var isWhole);
        if (found.Count == 0)
        {
            return new DueTicks([], null, Dropped: false);
        }

        var newest = found[^1];
        return policy.TakesLate || now - newest <= threshold
            ? new DueTicks(found, newest, !isWhole)
            : new DueTicks([], newest, Dropped: true);
    }

    /// <summary>
    /// Looks back from now through a window that doubles until it holds enough. From the other end, years of a schedule that
    /// ticks every second would be walked through.
    /// </summary>
    private static List<DateTimeOffset> NewestOf(
        Timetable timetable, DateTimeOffset after, DateTimeOffset now, int count, out bool isWhole)
    {
        for (var window = FirstWindow; ; window *= 2)
        {
            var reachesBack = now - after <= window;
            var ticks = TicksWithin(timetable, reachesBack ? after : now - window, now);
            if (reachesBack || ticks.Count > count)
            {
                isWhole = ticks.Count <= count;
                return isWhole ? ticks : ticks[^count..];
            }
        }
    }

    private static List<DateTimeOffset> TicksWithin(Timetable timetable, DateTimeOffset after, DateTimeOffset until)
    {
        var ticks = new List<DateTimeOffset>();
        for (var tick = timetable.Next(after); tick <= until; tick = timetable.Next(tick.Value))
        {
            ticks.Add(tick.Value);
        }

        return ticks;
    }
}

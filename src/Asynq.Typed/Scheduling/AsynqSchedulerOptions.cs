namespace Asynq.Typed;

/// <summary>How a scheduler works. Checked once, when it is made.</summary>
public sealed class AsynqSchedulerOptions
{
    /// <summary>The zone of entries that name none. Default: UTC.</summary>
    public TimeZoneInfo TimeZone { get; set; } = TimeZoneInfo.Utc;

    /// <summary>What becomes of missed ticks of entries that do not say. Default: they are skipped.</summary>
    public MisfirePolicy Misfire { get; set; } = MisfirePolicy.Skip;

    /// <summary>
    /// How late a tick may be enqueued without counting as missed: so long is a failed one tried again. More than zero.
    /// Default: 1 minute.
    /// </summary>
    public TimeSpan MisfireThreshold { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often the entries are written to Redis, where they expire after twice that. At least one second. Default: 10
    /// seconds.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often the providers of periodic tasks are asked for theirs. One whose change token fires is asked at once. At least
    /// one second. Default: 3 minutes.
    /// </summary>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Called before a tick is enqueued, in every scheduler that has the entry, for only then it shows who is first. If it
    /// throws, the error handler is told and the tick is enqueued all the same. Default: <c>null</c>.
    /// </summary>
    public Func<ScheduledTick, CancellationToken, ValueTask>? BeforeEnqueue { get; set; }

    /// <summary>Called after this scheduler has enqueued a tick. Default: <c>null</c>.</summary>
    public Func<ScheduledTick, TaskInfo, CancellationToken, ValueTask>? AfterEnqueue { get; set; }

    /// <summary>
    /// Called when a tick could not be enqueued, once for each attempt, with a <see cref="DuplicateTaskException"/> or
    /// <see cref="TaskIdConflictException"/> where Redis refused it; and when a hook threw. A tick that another scheduler has
    /// enqueued is no error. Default: <c>null</c>, errors are logged only.
    /// </summary>
    public Func<ScheduledTick, Exception, CancellationToken, ValueTask>? OnError { get; set; }

    /// <summary>What is wrong with the options, one line each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (TimeZone is null)
        {
            yield return $"{nameof(TimeZone)} is null: name a zone, such as TimeZoneInfo.Utc.";
        }

        if (Misfire is null)
        {
            yield return $"{nameof(Misfire)} is null: name a policy, such as MisfirePolicy.Skip.";
        }

        if (MisfireThreshold <= TimeSpan.Zero)
        {
            yield return $"{nameof(MisfireThreshold)} is {MisfireThreshold}: it must be more than zero.";
        }

        if (HeartbeatInterval < TimeSpan.FromSeconds(1) || HeartbeatInterval > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(HeartbeatInterval)} is {HeartbeatInterval}: it must be from one second to one day.";
        }

        if (SyncInterval < TimeSpan.FromSeconds(1) || SyncInterval > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(SyncInterval)} is {SyncInterval}: it must be from one second to one day.";
        }
    }
}

namespace Asynq.Typed;

/// <summary>
/// A task that is enqueued again and again. Made by <c>Create</c>; what that does not ask for is set with <c>with</c>.
/// </summary>
public sealed record PeriodicTask
{
    private PeriodicTask(string schedule, TaskBody body, EnqueueOptions? options)
    {
        Schedule = schedule;
        Body = body;
        Options = options ?? new EnqueueOptions();
    }

    /// <summary>
    /// When: five fields of a cron spec, <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>, <c>@yearly</c>, or
    /// <c>@every</c> with a duration such as <c>1h30m</c>, in whole seconds. Before it, <c>CRON_TZ=Europe/Berlin</c> names
    /// a time zone. Unlike in asynq, the ticks of <c>@every</c> are counted from 1970-01-01 00:00 UTC and not from the start of the
    /// scheduler, so that all schedulers have them in common, and a restart delays none: <c>@every 1h30m</c> ticks at 00:00, 01:30,
    /// 03:00 UTC and so on.
    /// </summary>
    public string Schedule { get; }

    /// <summary>
    /// Tells the entry from others. It is needed where two entries are otherwise equal; schedulers of several processes take
    /// entries of one name for one, and enqueue each of its ticks once. Default: <c>null</c>, told by schedule, type,
    /// options and, where that is not encrypted, payload.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// The zone whose clock a schedule that names none is read by. Default: <c>null</c>, that of the scheduler.
    /// </summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>What becomes of missed ticks. Default: <c>null</c>, as the scheduler's options say.</summary>
    public MisfirePolicy? Misfire { get; init; }

    /// <summary>How the task is enqueued.</summary>
    public EnqueueOptions Options { get; }

    /// <summary>The task's type name on the wire.</summary>
    public string Type => Body.Task.Type;

    /// <summary>The payload as it is serialized, before any transform.</summary>
    public ReadOnlyMemory<byte> Payload => Body.Payload;

    internal TaskBody Body { get; }

    /// <summary>A typed task.</summary>
    /// <param name="schedule">When, see <see cref="Schedule"/>. It is checked when the task is registered.</param>
    /// <param name="task">The payload, the same for every tick.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    public static PeriodicTask Create<T>(string schedule, T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(task);
        return new PeriodicTask(schedule, TaskBody.Of(task, options), options);
    }

    /// <summary>A task whose type is known by its name alone.</summary>
    /// <param name="schedule">When, see <see cref="Schedule"/>. It is checked when the task is registered.</param>
    /// <param name="type">The task's type name on the wire. Not blank.</param>
    /// <param name="payload">The payload, the same for every tick.</param>
    /// <param name="options">How to enqueue it.</param>
    public static PeriodicTask CreateRaw(
        string schedule, string type, ReadOnlyMemory<byte> payload, EnqueueOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        return new PeriodicTask(schedule, TaskBody.Raw(type, payload), options);
    }
}

using Asynq.Typed.Redis;
using Asynq.Typed.Rules;
using Asynq.Typed.Transforms;

namespace Asynq.Typed.Client;

/// <summary>A task type's defaults and the options of one call, brought together and checked: what is sent, and how.</summary>
/// <param name="Message">The message.</param>
/// <param name="State">Where the task goes.</param>
/// <param name="ProcessAt">When it is due.</param>
/// <param name="UniqueFor">How long it is unique; zero where it is not.</param>
internal sealed record EnqueuePlan(TaskMessage Message, TaskState State, DateTimeOffset ProcessAt, TimeSpan UniqueFor)
{
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="PayloadException">The payload cannot go through a transform.</exception>
    internal static EnqueuePlan For(TaskBody body, EnqueueOptions options, TransformChain transforms, DateTimeOffset now)
    {
        var applied = body.GoesThroughTransforms(options) ? transforms : TransformChain.None;
        var message = Compose(body.Task, options);
        var uniqueFor = UniqueForOf(options.UniqueFor ?? body.Task.UniqueFor);
        if (uniqueFor > TimeSpan.Zero)
        {
            message.UniqueKey = UniqueKeyOf(message, body.UniqueContent, applied);
        }

        applied.SetPayload(message, body.Payload);

        var processAt = ProcessAtOf(options, now);
        if (processAt > now)
        {
            return new EnqueuePlan(message, TaskState.Scheduled, processAt, uniqueFor);
        }

        var state = message.GroupKey.Length == 0 ? TaskState.Pending : TaskState.Aggregating;
        return new EnqueuePlan(message, state, now, uniqueFor);
    }

    /// <summary>
    /// What is sent. A lock lasts until the task is due, and <see cref="UniqueFor"/> beyond; it ends within the calendar, past
    /// which the embedded server takes no expiry.
    /// </summary>
    internal EnqueueItem ToItem(DateTimeOffset now)
    {
        var item = State switch
        {
            TaskState.Scheduled => EnqueueItem.Scheduled(Message, ProcessAt),
            TaskState.Aggregating => EnqueueItem.Grouped(Message),
            _ => EnqueueItem.Pending(Message),
        };
        if (UniqueFor <= TimeSpan.Zero)
        {
            return item;
        }

        var untilDue = State == TaskState.Scheduled && ProcessAt > now ? ProcessAt - now : TimeSpan.Zero;
        var longest = DateTimeOffset.MaxValue - now - TimeSpan.FromDays(1);
        return item with { LockTtl = UniqueFor < longest - untilDue ? UniqueFor + untilDue : longest };
    }

    /// <summary>The task as users see it once it is stored.</summary>
    internal TaskInfo ToInfo() => Message.ToInfo(State, State == TaskState.Aggregating ? null : ProcessAt);

    /// <summary>Of what was serialized: transforms do not change it. Keyed where they hide that.</summary>
    private static string UniqueKeyOf(TaskMessage message, byte[] content, TransformChain transforms)
    {
        var keys = Keys.Of(message.Queue);
        return transforms.DigestUniqueKey(content, message.Queue, message.Type) is { } digest
            ? keys.UniqueByDigest(message.Type, digest)
            : keys.Unique(message.Type, content);
    }

    private static TaskMessage Compose(TaskDescriptor task, EnqueueOptions options)
    {
        var deadline = UnixSeconds(options.Deadline);
        var timeout = Duration(options.Timeout ?? task.Timeout, nameof(options.Timeout));
        var message = new TaskMessage
        {
            Type = task.Type,
            Id = IdOf(options.TaskId),
            Queue = QueueOf(options.Queue ?? task.Queue),
            Retry = MaxRetryOf(options.MaxRetry ?? task.MaxRetry),
            Timeout = timeout == TimeSpan.Zero && deadline == 0 ? TaskLimits.DefaultTimeoutSeconds : Seconds(timeout),
            Deadline = deadline,
            Retention = Seconds(Duration(options.Retention ?? task.Retention, nameof(options.Retention))),
            GroupKey = GroupOf(options.Group),
        };
        if (options.Headers is { Count: > 0 } headers)
        {
            Add(headers, message);
        }

        return message;
    }

    private static void Add(IReadOnlyDictionary<string, string> headers, TaskMessage message)
    {
        foreach (var (name, value) in headers)
        {
            message.Headers.Add(
                HeaderOf(name), value ?? throw Fault($"Headers has no value for '{name}': give it a text, or leave it out."));
        }
    }

    private static DateTimeOffset ProcessAtOf(EnqueueOptions options, DateTimeOffset now)
    {
        if (options is { ProcessIn: not null, ProcessAt: not null })
        {
            throw Fault("ProcessIn and ProcessAt are both given: a task has one due time, leave one of them out.");
        }

        if (options.ProcessIn is not { } wait)
        {
            return options.ProcessAt ?? now;
        }

        return wait <= DateTimeOffset.MaxValue - now
            ? now + (wait > TimeSpan.Zero ? wait : TimeSpan.Zero)
            : throw Fault($"ProcessIn is {wait}, which is past the last day of the calendar.");
    }

    private static string IdOf(string? id) => id switch
    {
        null => Guid.NewGuid().ToString("D"),
        _ when string.IsNullOrWhiteSpace(id) => throw Fault("TaskId is blank: give an id, or none for a random one."),
        _ => id,
    };

    private static string QueueOf(string queue) =>
        QueueName.Fault(queue) is { } fault ? throw Fault($"Queue '{queue}' {fault}.") : queue;

    private static int MaxRetryOf(int maxRetry) =>
        maxRetry >= 0 ? maxRetry : throw Fault($"MaxRetry is {maxRetry}: it must be 0 or more.");

    private static string HeaderOf(string name) => name == PayloadHeader.Name
        ? throw Fault($"Headers has '{name}', which says what transforms a payload went through: leave it out.")
        : name;

    private static string GroupOf(string? group) => group switch
    {
        null => "",
        _ when string.IsNullOrWhiteSpace(group) => throw Fault("Group is blank: give a name, or none for no group."),
        _ => group,
    };

    private static TimeSpan UniqueForOf(TimeSpan uniqueFor) =>
        uniqueFor == TimeSpan.Zero || uniqueFor >= TimeSpan.FromSeconds(TaskLimits.MinUniqueSeconds)
            ? uniqueFor
            : throw Fault($"UniqueFor is {uniqueFor}: it must be at least {TaskLimits.MinUniqueSeconds} s, or zero.");

    private static TimeSpan Duration(TimeSpan value, string option) =>
        value >= TimeSpan.Zero ? value : throw Fault($"{option} is {value}: it must not be negative.");

    private static long UnixSeconds(DateTimeOffset? deadline) => deadline switch
    {
        null => 0,
        { } at when at.ToUnixTimeSeconds() > 0 => at.ToUnixTimeSeconds(),
        { } at => throw Fault($"Deadline is {at:O}: it must be after the year 1970, which stands for none on the wire."),
    };

    // The wire has whole seconds; asynq cuts a fraction off, and so must a peer of its queues.
    private static long Seconds(TimeSpan value) => value.Ticks / TimeSpan.TicksPerSecond;

    private static ArgumentException Fault(string message) => new($"{nameof(EnqueueOptions)}.{message}");
}

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Asynq.Typed;

/// <summary>
/// What this library tells OpenTelemetry and other listeners: one activity source and one meter, by the conventions for
/// messaging. Add both by their names.
/// </summary>
public static class AsynqTelemetry
{
    /// <summary>
    /// The activity source: <c>send QUEUE</c> for each enqueue of one task, by a client or a scheduler, and <c>process QUEUE</c> for
    /// each attempt. <c>EnqueueManyAsync</c> begins no activities, one for each of a million tasks would be of no use: its tasks
    /// belong to the one that is current when they are planned. The trace and its baggage travel in the task's headers (W3C), so an
    /// attempt belongs to the trace of its enqueue. Tags: <c>messaging.system</c> (<c>asynq</c>),
    /// <c>messaging.operation.name</c> and <c>messaging.operation.type</c> (<c>send</c> or <c>process</c>),
    /// <c>messaging.destination.name</c> (the queue), <c>messaging.message.id</c>, <c>asynq.task.type</c>; of an attempt
    /// <c>asynq.task.retry_count</c>; where it failed <c>error.type</c>, the exception's.
    /// </summary>
    public const string ActivitySourceName = "Asynq.Typed";

    /// <summary>
    /// The meter. By queue and type: <c>messaging.client.sent.messages</c>, <c>messaging.client.consumed.messages</c>,
    /// <c>messaging.process.duration</c> (seconds in the handler), <c>asynq.tasks.queue.duration</c> (seconds from pending to the
    /// start of the attempt), <c>asynq.tasks.failed</c>, <c>asynq.tasks.retried</c>, <c>asynq.tasks.deferred</c>,
    /// <c>asynq.tasks.archived</c>, <c>asynq.workers.active</c>. By loop: <c>asynq.loop.failures</c>, with the tag
    /// <c>asynq.loop</c>. An attempt that a shutdown ends is none: its task was given back.
    /// Tags of each by queue and type: <c>messaging.system</c> (<c>asynq</c>), <c>messaging.operation.name</c> (<c>send</c> or
    /// <c>process</c>), <c>messaging.destination.name</c> (the queue), <c>asynq.task.type</c>. Attempts consumed and failed, and the
    /// time in the handler, have <c>error.type</c> too where the attempt did not succeed: the exception's.
    /// </summary>
    public const string MeterName = "Asynq.Typed";

    private const string System = "asynq";
    private const string Send = "send";
    private const string Process = "process";
    private const string OperationName = "messaging.operation.name";
    private const string ErrorType = "error.type";

    private static readonly ActivitySource Source = new(ActivitySourceName);
    private static readonly Meter Meter = new(MeterName);
    private static readonly DistributedContextPropagator Propagator = DistributedContextPropagator.CreateW3CPropagator();

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{task}", "Tasks enqueued.");

    private static readonly Counter<long> Consumed = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{task}", "Attempts that have ended.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "How long handlers ran.", tags: null, SecondsUpTo(10));

    private static readonly Histogram<double> QueueDuration = Meter.CreateHistogram<double>(
        "asynq.tasks.queue.duration", "s", "How long tasks were pending before they were started.", tags: null, SecondsUpTo(86_400));

    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "asynq.tasks.failed", "{task}", "Attempts that failed.");

    private static readonly Counter<long> Retried = Meter.CreateCounter<long>(
        "asynq.tasks.retried", "{task}", "Tasks put back for another attempt.");

    private static readonly Counter<long> Deferred = Meter.CreateCounter<long>(
        "asynq.tasks.deferred", "{task}", "Tasks put back because they could not run.");

    private static readonly Counter<long> Archived = Meter.CreateCounter<long>(
        "asynq.tasks.archived", "{task}", "Tasks archived after an attempt.");

    private static readonly UpDownCounter<long> Workers = Meter.CreateUpDownCounter<long>(
        "asynq.workers.active", "{task}", "Attempts that run.");

    private static readonly Counter<long> LoopFailures = Meter.CreateCounter<long>(
        "asynq.loop.failures", "{failure}", "Passes of a server's background loops that failed.");

    /// <summary>Begins to send a task; <c>null</c> where nobody listens, or where whoever listens throws.</summary>
    internal static Activity? StartSend(string queue, string type, string id)
    {
        try
        {
            return Source.HasListeners()
                ? Describe(Source.StartActivity($"{Send} {queue}", ActivityKind.Producer), Send, queue, type, id)
                : null;
        }
        catch (Exception)
        {
            // Whoever enqueues has no log: what fails is the application's own listener, and the task can be sent.
            return null;
        }
    }

    /// <summary>Ends the sending of a task. A listener that throws does not change how it went.</summary>
    /// <param name="activity">What <see cref="StartSend"/> began.</param>
    /// <param name="error">Why it failed; <c>null</c> where it did not.</param>
    internal static void EndSend(Activity? activity, Exception? error = null)
    {
        try
        {
            if (error is not null)
            {
                Fail(activity, error);
            }

            activity?.Dispose();
        }
        catch (Exception)
        {
            // As above.
        }
    }

    /// <summary>Adds the current trace and its baggage to headers. What the user put there stays.</summary>
    internal static void Inject(IDictionary<string, string> headers) => Propagator.Inject(
        Activity.Current,
        headers,
        static (carrier, name, value) => ((IDictionary<string, string>)carrier!).TryAdd(name, value));

    /// <summary>Counts a task that is stored. A listener that throws must not make it look as if it were not.</summary>
    internal static void CountSent(string queue, string type)
    {
        if (!Sent.Enabled)
        {
            return;
        }

        try
        {
            Sent.Add(1, Tags(Send, queue, type));
        }
        catch (Exception)
        {
            // As above.
        }
    }

    /// <summary>Begins an attempt, in the trace that its headers name; <c>null</c> where nobody listens.</summary>
    internal static Activity? StartProcess(TaskContext context)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Propagator.ExtractTraceIdAndState(context.Headers, Read, out var parent, out var state);
        _ = ActivityContext.TryParse(parent, state, isRemote: true, out var remote);
        var activity = Describe(
            Source.StartActivity($"{Process} {context.Queue}", ActivityKind.Consumer, remote),
            Process,
            context.Queue,
            context.Type,
            context.TaskId);
        activity?.SetTag("asynq.task.retry_count", context.RetryCount);
        foreach (var (name, value) in activity is null ? [] : Propagator.ExtractBaggage(context.Headers, Read) ?? [])
        {
            activity?.AddBaggage(name, value);
        }

        return activity;
    }

    /// <summary>Says of a send or an attempt why it failed.</summary>
    internal static void Fail(Activity? activity, Exception error) => activity?
        .SetStatus(ActivityStatusCode.Error, error.Message)
        .SetTag(ErrorType, error.GetType().FullName)
        .AddException(error);

    /// <summary>Begins the figures of an attempt.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="pending">How long its task was pending; <c>null</c> where that is not known.</param>
    internal static void CountStarted(TaskContext context, TimeSpan? pending)
    {
        var tags = Tags(Process, context.Queue, context.Type);
        Workers.Add(1, tags);
        if (pending is { } waited)
        {
            // Clocks of two machines: a task that was taken at once may seem to have been pending for less than no time.
            QueueDuration.Record(Math.Max(0, waited.TotalSeconds), tags);
        }
    }

    /// <summary>Ends the figures of an attempt that did not come to its end: its task is given back.</summary>
    internal static void CountGivenBack(TaskContext context) => Workers.Add(-1, Tags(Process, context.Queue, context.Type));

    /// <summary>Ends the figures of an attempt.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="took">How long the handler ran.</param>
    /// <param name="error">Why it did not succeed; <c>null</c> where it did.</param>
    /// <param name="isFailure">Whether that counts as a failure.</param>
    internal static void CountEnded(TaskContext context, TimeSpan took, Exception? error, bool isFailure)
    {
        var tags = Tags(Process, context.Queue, context.Type);
        Workers.Add(-1, tags);
        if (error is not null)
        {
            tags.Add(ErrorType, error.GetType().FullName);
        }

        Consumed.Add(1, tags);
        if (isFailure)
        {
            Failed.Add(1, tags);
        }

        Duration.Record(took.TotalSeconds, tags);
    }

    internal static void CountRetried(string queue, string type) => Retried.Add(1, Tags(Process, queue, type));

    internal static void CountDeferred(string queue, string type) => Deferred.Add(1, Tags(Process, queue, type));

    internal static void CountArchived(string queue, string type) => Archived.Add(1, Tags(Process, queue, type));

    internal static void CountLoopFailure(string loop) =>
        LoopFailures.Add(1, new KeyValuePair<string, object?>("asynq.loop", loop));

    // The boundaries of the conventions for durations; what listeners use by default is made for milliseconds.
    private static InstrumentAdvice<double> SecondsUpTo(double most) => new()
    {
        HistogramBucketBoundaries =
        [
            .. ((double[])
                [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 1_800, 7_200, 86_400])
                .Where(boundary => boundary <= most),
        ],
    };

    // At most as many as a TagList holds without allocating: eight, the error's type among them.
    private static TagList Tags(string operation, string queue, string type) => new()
    {
        { "messaging.system", System },
        { OperationName, operation },
        { "messaging.destination.name", queue },
        { "asynq.task.type", type },
    };

    private static Activity? Describe(Activity? activity, string operation, string queue, string type, string id) => activity?
        .SetTag("messaging.system", System)
        .SetTag(OperationName, operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", queue)
        .SetTag("messaging.message.id", id)
        .SetTag("asynq.task.type", type);

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = ((IReadOnlyDictionary<string, string>)carrier!).GetValueOrDefault(name);
    }
}

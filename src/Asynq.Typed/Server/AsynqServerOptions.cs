namespace Asynq.Typed;

/// <summary>
/// How a server works. Bound from the configuration section <c>Asynq:Server</c>, then set by <c>AddServer</c>; checked once,
/// at start.
/// </summary>
public sealed class AsynqServerOptions
{
    /// <summary>How many tasks run at once. Default, and where it is 0 or negative: the number of processors.</summary>
    public int Concurrency { get; set; }

    /// <summary>
    /// The queues to take tasks from, each with its weight: of 10 tasks, <c>{ critical: 6, default: 3, low: 1 }</c> takes about
    /// that many from each while all have some. A weight of 0 or less leaves the queue out. Default: <c>default</c> with
    /// weight 1.
    /// </summary>
    public Dictionary<string, int> Queues { get; set; } = [];

    /// <summary>
    /// Whether a queue is served only while all queues of greater weight are empty. Default: <c>false</c>, which shares by
    /// weight.
    /// </summary>
    public bool StrictPriority { get; set; }

    /// <summary>
    /// How often an idle server looks for tasks. Tasks of this library's clients wake it at once; this bounds the wait for
    /// those of others. More than zero. Default: 1 second.
    /// </summary>
    public TimeSpan TaskCheckInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often, at the least, scheduled and retried tasks are looked through for due ones: an idle server does it whenever it
    /// looks for tasks. The server also wakes for the next that it knows of. More than zero. Default: 5 seconds.
    /// </summary>
    public TimeSpan DelayedTaskCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a failed task waits: given how often it was retried before, the error and the task. A negative answer
    /// counts as zero. Default: <c>null</c>, which waits retried⁴ + 15 + random(0..29) × (retried + 1) seconds.
    /// </summary>
    public Func<int, Exception, TaskInfo, TimeSpan>? RetryDelay { get; set; }

    /// <summary>
    /// Whether an error counts as a failure. One that does not is tried again without spending a retry and without
    /// appearing in the queue's figures. Default: <c>null</c>, every error counts.
    /// </summary>
    public Func<Exception, bool>? IsFailure { get; set; }

    /// <summary>
    /// Called with every attempt that failed, before its task is retried or archived. The server waits for it for 5 seconds.
    /// Default: <c>null</c>.
    /// </summary>
    public Func<TaskFailure, Task>? ErrorHandler { get; set; }

    /// <summary>
    /// Prepares the scope of each attempt before its middleware and handler: sets a tenant on a scoped service, for instance.
    /// What it throws fails the attempt. Default: <c>null</c>.
    /// </summary>
    public Func<TaskContext, CancellationToken, Task>? BaseContext { get; set; }

    /// <summary>
    /// Whether a task that a user cancels is retried like one that failed, as asynq does. Default: <c>false</c>: it is archived
    /// with the reason.
    /// </summary>
    public bool RetryCancelledTasks { get; set; }

    /// <summary>
    /// What is done with a task whose type has no handler here, or whose payload cannot be read. Default:
    /// <see cref="UnhandledTaskPolicy.HandOver"/>.
    /// </summary>
    public UnhandledTaskPolicy UnhandledTasks { get; set; }

    /// <summary>
    /// How long running tasks may take to end once the server shuts down. What is then unfinished is put back at the head of
    /// its queue and spends no attempt. Zero or more. Default: 8 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Called every <see cref="HealthCheckInterval"/> with the error of asking Redis, or <c>null</c> where it answered.
    /// Default: <c>null</c>, which does not ask.
    /// </summary>
    public Action<Exception?>? HealthCheck { get; set; }

    /// <summary>How often <see cref="HealthCheck"/> is called. More than zero. Default: 15 seconds.</summary>
    public TimeSpan HealthCheckInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a group waits for further tasks: it is aggregated once none has come for this long. At least 1 second; Redis
    /// counts arrivals in whole seconds. Groups are looked through every 7 seconds, or at this interval if it is shorter.
    /// Default: 1 minute.
    /// </summary>
    public TimeSpan GroupGracePeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the oldest task of a group waits at most, whatever comes after it. Zero or more. Default: zero, no limit.
    /// </summary>
    public TimeSpan GroupMaxDelay { get; set; }

    /// <summary>
    /// How many tasks of a group are aggregated at most. A group that has as many does not wait any longer. Zero or more.
    /// Default: 0, no limit.
    /// </summary>
    public int GroupMaxSize { get; set; }

    /// <summary>
    /// Aggregates the tasks of groups whose type has no <see cref="IAggregate{TTask, TBatch}"/>. Default: <c>null</c>; such
    /// tasks leave their group and run singly, unless the server has no aggregator at all and shares the queue with one that
    /// may have.
    /// </summary>
    public RawGroupAggregator? GroupAggregator { get; set; }

    /// <summary>How often completed tasks whose retention has ended are deleted. More than zero. Default: 8 seconds.</summary>
    public TimeSpan JanitorInterval { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How many completed tasks one call to Redis deletes. At least 1. Default: 100.</summary>
    public int JanitorBatchSize { get; set; } = 100;

    /// <summary>
    /// How many archived tasks a queue keeps; beyond that the oldest are deleted. Counts for all that this process archives,
    /// the inspector's calls too. More than 10,000 is refused for a queue while a server of Go's asynq takes tasks from it:
    /// 10,000 are kept then, and a warning says so. At least 1. Default: 10,000.
    /// </summary>
    public int ArchiveMaxSize { get; set; } = 10_000;

    /// <summary>
    /// How long a queue keeps an archived task. Whoever archives the next one deletes those that are older. At least
    /// 1 second, at most 36,500 days. Default: 90 days.
    /// </summary>
    public TimeSpan ArchiveMaxAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a running task is this server's without a sign of life. At least 1 second and 3 × <see cref="HeartbeatInterval"/>.
    /// Default: 30 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after its lease has ended a task is left to the server that lost it, before another takes it over. Zero or
    /// more. Default: 30 seconds.
    /// </summary>
    public TimeSpan LeaseGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often tasks of crashed servers are looked for. More than zero. Default: 60 seconds.</summary>
    public TimeSpan RecovererInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the server gives a sign of life and extends its leases. At least half a second. Default: 5 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a finished task that Redis could not be told of is told again. More than zero. Default: 5 seconds.</summary>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(5);
}

namespace Asynq.Typed;

/// <summary>
/// Which tasks a semaphore limits, and to how many at once. Set by <c>UseSemaphore</c>, or as the named options of its scope;
/// checked once, when the host starts.
/// </summary>
public sealed class TaskSemaphoreOptions
{
    /// <summary>
    /// How many tasks run at once, on all servers together. To be the same on each of them: every server holds to its own
    /// number. At least 1. There is no default.
    /// </summary>
    public int MaxTokens { get; set; }

    /// <summary>The type names, as on the wire, of the tasks that are limited. Default: empty, every type.</summary>
    public HashSet<string> TaskTypes { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The queues whose tasks are limited, if their type is too. Default: empty, every queue.</summary>
    public HashSet<string> Queues { get; set; } = new(StringComparer.Ordinal);

    /// <summary>
    /// How long a task waits that gets no token: this long and up to half as long again, at random, so that those that came
    /// together do not come together again. No retry is spent. More than zero, at most one day. Default: 5 seconds.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Limits the tasks of a type, beside those that are limited already.</summary>
    public TaskSemaphoreOptions For<TTask>()
        where TTask : IAsynqTask<TTask>
    {
        TaskTypes.Add(TTask.Descriptor.Type);
        return this;
    }

    internal bool Limits(TaskContext context) =>
        (TaskTypes.Count == 0 || TaskTypes.Contains(context.Type)) && (Queues.Count == 0 || Queues.Contains(context.Queue));

    /// <summary>What is wrong: one sentence for each fault, which names the option.</summary>
    internal IEnumerable<string> Faults()
    {
        if (MaxTokens < 1)
        {
            yield return $"{nameof(MaxTokens)} is {MaxTokens}: it must be at least 1.";
        }

        if (TaskTypes.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{nameof(TaskTypes)}: one of the names is blank. Leave it out.";
        }

        foreach (var queue in Queues)
        {
            if (Rules.QueueName.Fault(queue) is { } fault)
            {
                yield return $"{nameof(Queues)}: the name '{queue}' {fault}.";
            }
        }

        if (Delay <= TimeSpan.Zero || Delay > LongestDelay)
        {
            yield return $"{nameof(Delay)} is {Delay}: it must be more than zero and at most {LongestDelay}.";
        }
    }

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);
}

#nullable enable

namespace Asynq.Typed.Rules;

/// <summary>
/// Defaults and limits of a task. Linked into the runtime and into the analyzers: each number stands here only.
/// </summary>
internal static class TaskLimits
{
    /// <summary>How often a failed task is tried again where nothing else is said.</summary>
    internal const int DefaultMaxRetry = 25;

    /// <summary>Seconds that a task may run where it has neither a timeout nor a deadline.</summary>
    internal const int DefaultTimeoutSeconds = 1800;

    /// <summary>The shortest time, in seconds, for which a task can be unique: a lock's TTL is whole seconds in Redis.</summary>
    internal const int MinUniqueSeconds = 1;
}

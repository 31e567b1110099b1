#nullable enable

namespace Asynq.Typed.Rules;

/// <summary>
/// Limits of group aggregation. Linked into the runtime and into the analyzers: each number stands here only.
/// </summary>
internal static class GroupLimits
{
    /// <summary>
    /// The shortest grace period of a group, in seconds: a group's scores in Redis are whole seconds, and every server
    /// on the queue must agree on when a group is due.
    /// </summary>
    internal const int MinGroupGracePeriodSeconds = 1;
}

namespace Asynq.Typed;

/// <summary>A group whose tasks are aggregated.</summary>
/// <param name="name">The group's name.</param>
/// <param name="queue">The queue that the group is in, and that the batch goes to.</param>
/// <param name="taskIds">The ids of the tasks, in their order.</param>
public sealed class GroupContext(string name, string queue, IReadOnlyList<string> taskIds)
{
    /// <summary>The group's name.</summary>
    public string Name { get; } = name;

    /// <summary>The queue that the group is in, and that the batch goes to.</summary>
    public string Queue { get; } = queue;

    /// <summary>The ids of the tasks, in the order of the tasks.</summary>
    public IReadOnlyList<string> TaskIds { get; } = taskIds;
}

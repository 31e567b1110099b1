namespace Asynq.Typed.Scheduling;

/// <summary>What a provider gives.</summary>
/// <param name="Tasks">Its tasks.</param>
/// <param name="Unreadable">Those of its tasks that it cannot read.</param>
internal sealed record GivenTasks(IReadOnlyCollection<PeriodicTask> Tasks, IReadOnlyCollection<UnreadableTask> Unreadable);

/// <summary>A task that is left out.</summary>
/// <param name="Name">Its entry's name. An entry of that name stays as it is.</param>
/// <param name="Reason">Why, and what to do.</param>
internal sealed record UnreadableTask(string Name, string Reason);

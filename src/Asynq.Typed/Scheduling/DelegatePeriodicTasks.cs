namespace Asynq.Typed.Scheduling;

/// <summary>Periodic tasks that a function of the application's returns.</summary>
internal sealed class DelegatePeriodicTasks(
    Func<CancellationToken, ValueTask<IReadOnlyCollection<PeriodicTask>>> get) : IPeriodicTaskProvider
{
    public ValueTask<IReadOnlyCollection<PeriodicTask>> GetTasksAsync(CancellationToken cancellationToken) =>
        get(cancellationToken);
}

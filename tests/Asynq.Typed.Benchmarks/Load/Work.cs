namespace Asynq.Typed.Benchmarks.Load;

/// <summary>A task that does nothing.</summary>
[AsynqTask("load:noop")]
public sealed partial record Noop(int Number);

/// <summary>A task that reports when it was started.</summary>
[AsynqTask("load:probe", MaxRetry = 0)]
public sealed partial record Probe(int Number, long DueUnixMicroseconds);

internal sealed class WorkHandler(Tally tally, ProbeLog log) : IHandle<Noop>, IHandle<Probe>
{
    public Task HandleAsync(Noop task, TaskContext context, CancellationToken cancellationToken)
    {
        tally.Add();
        return Task.CompletedTask;
    }

    public Task HandleAsync(Probe task, TaskContext context, CancellationToken cancellationToken)
    {
        log.Started(task);
        tally.Add();
        return Task.CompletedTask;
    }
}

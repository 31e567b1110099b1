namespace Asynq.Typed.Benchmarks.Load;

/// <summary>A task that does nothing.</summary>
[AsynqTask("load:noop")]
public sealed partial record Noop(int Number);

/// <summary>A task that reports when it was started.</summary>
[AsynqTask("load:probe", MaxRetry = 0)]
public sealed partial record Probe(int Number, long DueUnixMicroseconds);

/// <summary>A task that does nothing, with a payload of any size.</summary>
[AsynqTask("load:blob")]
public sealed partial record Blob(byte[] Data)
{
    // The map of one member, its name, and the head of bytes of that length.
    private const int HeadBytes = 1 + 5;

    /// <summary>One whose payload is that long on the wire, from 300 bytes to 64 KiB, or above.</summary>
    internal static Blob OfPayload(int bytes) => new(new byte[bytes - HeadBytes - (bytes < 65_536 ? 3 : 5)]);
}

internal sealed class WorkHandler(Tally tally, ProbeLog log) : IHandle<Noop>, IHandle<Blob>, IHandle<Probe>
{
    public Task HandleAsync(Blob task, TaskContext context, CancellationToken cancellationToken)
    {
        tally.Add();
        return Task.CompletedTask;
    }

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

using System.Collections.Concurrent;

namespace Quickstart;

/// <summary>Prints each step with the time since the start, and tells when a task's handler has finished.</summary>
internal sealed class Journal(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _finished = new();

    public void Producer(string step) => Print("producer", step);

    public void Worker(string step) => Print("worker", step);

    public void System(string step) => Print("system", step);

    public void Finished(string taskId) => Signal(taskId).TrySetResult();

    /// <summary>Waits until the handler of a task has finished, successfully.</summary>
    public Task WhenFinished(string taskId, CancellationToken cancellationToken) =>
        Signal(taskId).Task.WaitAsync(cancellationToken);

    private TaskCompletionSource Signal(string taskId) =>
        _finished.GetOrAdd(taskId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Print(string who, string step) =>
        Console.WriteLine($"{time.GetElapsedTime(_start).TotalSeconds,6:0.00} s  {who,-8}  {step}");
}

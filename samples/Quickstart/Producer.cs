using System.Text;
using Asynq.Typed;

namespace Quickstart;

/// <summary>Enqueues the tasks of the demonstration, waits for them, and reads back what became of them.</summary>
internal sealed class Producer(AsynqClient client, AsynqInspector inspector, Journal journal)
{
    private readonly List<(string What, TaskInfo Task)> _enqueued = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Enqueue("plain", new WelcomeEmail(42, "ann@example.com"), null, cancellationToken);
        await Enqueue(
            "delayed by 2 s",
            new WelcomeEmail(43, "bob@example.com", "de"),
            new() { ProcessIn = TimeSpan.FromSeconds(2) },
            cancellationToken);
        await Enqueue("fails twice", new ChargeCard(Guid.NewGuid(), 19.90m), null, cancellationToken);
        await EnqueueTwice(new SyncAccount(Guid.NewGuid()), cancellationToken);
        await Enqueue("with result", new SumReport("orders", [3, 4, 5]), null, cancellationToken);

        foreach (var (_, task) in _enqueued)
        {
            await journal.WhenFinished(task.Id, cancellationToken);
        }

        await PrintTable(cancellationToken);
    }

    private async Task Enqueue<T>(string what, T task, EnqueueOptions? options, CancellationToken cancellationToken)
        where T : IAsynqTask<T>
    {
        var info = await client.EnqueueAsync(task, options, cancellationToken);
        _enqueued.Add((what, info));
        journal.Producer($"enqueued {what}: {info.Type}, id {info.Id[..8]}, {info.State.ToString().ToLowerInvariant()}");
    }

    private async Task EnqueueTwice(SyncAccount task, CancellationToken cancellationToken)
    {
        await Enqueue("unique", task, null, cancellationToken);
        try
        {
            await client.EnqueueAsync(task, cancellationToken: cancellationToken);
        }
        catch (DuplicateTaskException exception)
        {
            journal.Producer($"refused a duplicate: {exception.Message}");
        }
    }

    private async Task PrintTable(CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine($"{"what",-16}{"task type",-28}{"state",-12}{"failed",-8}result");
        Console.WriteLine(new string('-', 80));
        foreach (var (what, task) in _enqueued)
        {
            var now = await Completed(task, cancellationToken);
            var result = now.Result.IsEmpty ? "-" : Encoding.UTF8.GetString(now.Result.Span);
            Console.WriteLine($"{what,-16}{now.Type,-28}{now.State,-12}{now.Retried,-8}{result}");
        }

        Console.WriteLine();
    }

    /// <summary>The handler has returned; the server's own write of the completion may be a moment behind it.</summary>
    private async Task<TaskInfo> Completed(TaskInfo task, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = await inspector.GetTaskAsync(task.Queue, task.Id, cancellationToken)
                ?? throw new InvalidOperationException($"Task {task.Id} is gone although it has a retention.");
            if (now.State == TaskState.Completed)
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }
}

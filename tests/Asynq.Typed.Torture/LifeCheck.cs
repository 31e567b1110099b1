using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture;

/// <summary>
/// When all is mended, gives each process the time to do something of its own: a worker to run a task that only it takes, a
/// producer to enqueue one, the schedulers a tick. Who does not is found by the verdict, by the ledgers.
/// </summary>
internal sealed class LifeCheck(Stage stage, string folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The queue that only one worker serves.</summary>
    public static string QueueOf(string worker) => "own-" + worker;

    public async Task RunAsync()
    {
        var since = Ledger.Now;
        var tasks = stage.Workers.Select(worker => PlannedFor(worker.Name)).ToList();
        await Task.WhenAll(tasks.Select(task => stage.Client.EnqueueAsync(task)));
        string[] wanted = [.. tasks.Select(task => task.Id), .. stage.Producers.Select(producer => producer.Name), nameof(Tick)];
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end;)
        {
            await Task.Delay(Interval);
            var seen = Line.ReadAll(folder).Where(line => line.At >= since).SelectMany(line => SignsOf(line, since)).ToHashSet();
            if (wanted.All(seen.Contains))
            {
                return;
            }
        }
    }

    private static IEnumerable<string> SignsOf(Line line, long since)
    {
        if (line.Entry == Entry.Accepted)
        {
            yield return line.Id.Split('.')[0];
        }
        else if (line.Entry == Entry.End && line.Field(1) == Ends.Ok)
        {
            yield return line.Id;
        }
        else if (line.Entry == Entry.Start && line.Field(2) is { Length: > 0 } tick
            && long.Parse(tick, CultureInfo.InvariantCulture) * 1_000_000 >= since)
        {
            yield return nameof(Tick);
        }
    }

    private static PlannedEnqueue PlannedFor(string worker)
    {
        var options = new EnqueueOptions { TaskId = "own." + worker, Queue = QueueOf(worker) };
        return TaskMix.ChoreOf(options.TaskId, Kinds.Own, Ways.Plain, 0, options);
    }
}

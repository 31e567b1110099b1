using System.Globalization;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>Puts together what all ledgers say.</summary>
internal sealed class Histories
{
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>
    /// What a run first learns of an owner is its own only if it has not been frozen in between: else it may be another's, which
    /// has taken the task over. Less than any lease, and more than a busy machine mostly takes.
    /// </summary>
    private const long FirstLookWithin = 1_500_000;

    /// <summary>What is found so soon was so when the run started.</summary>
    private const long AtTheStart = 500_000;

    private readonly Dictionary<string, TaskHistory> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Task, string Owner), Run> _owners = [];

    public Histories(IReadOnlyList<Line> lines)
    {
        foreach (var line in lines.Where(line => line.Entry is not (Entry.Fault or Entry.Healed or Entry.Starved or Entry.CutOff or Entry.Died)))
        {
            Add(line);
        }

        foreach (var run in _runs.Values.Where(run => run.End == Ends.Ok))
        {
            Done(run.TaskId, run.EndAt);
            foreach (var member in run.Members)
            {
                Done(member, run.EndAt);
            }
        }
    }

    public IReadOnlyCollection<TaskHistory> Tasks => _tasks.Values;

    public TaskHistory? Find(string id) => _tasks.GetValueOrDefault(id);

    /// <summary>How many runs lasted long, and of how many of these it is not known until when they held their task.</summary>
    public (int All, int Unseen) LongRuns => (_runs.Values.Count(run => run.IsLong), UnseenRuns.Count());

    /// <summary>Those of which it is not known.</summary>
    public IEnumerable<Run> UnseenRuns => _runs.Values.Where(run => run is { IsLong: true, FirstLease: 0, NeverHeld: false });

    private void Add(Line line)
    {
        switch (line.Entry)
        {
            case Entry.Intent:
                var task = Of(line.Id);
                (task.Kind, task.Queue, task.UniqueKey, task.IntentAt) = (line.Field(0), line.Field(1), line.Field(2), line.At);
                task.DueAt = line.Field(3) is { Length: > 0 } due ? long.Parse(due, CultureInfo.InvariantCulture) : 0;
                break;
            case Entry.Accepted:
                var accepted = Of(line.Id);
                (accepted.AcceptedAt, accepted.IsConfirmed) = (line.At, line.Field(0) == Confirmed.ByReplicas);
                break;
            case Entry.Refused:
                var refused = Of(line.Id);
                (refused.Refusal, refused.RefusedAt) = (line.Field(0), line.At);
                refused.RefusalPasses = line.Field(1) == Refusals.Passing;
                break;
            case Entry.Unknown:
                Of(line.Id).UnknownAt = line.At;
                break;
            case Entry.Start:
                Begin(line);
                break;
            default:
                Add(line, _runs[line.Field(0)]);
                break;
        }
    }

    private void Begin(Line line)
    {
        var run = new Run(line.Field(0), line.Id, line.At)
        {
            RetryCount = int.Parse(line.Field(1), CultureInfo.InvariantCulture),
            Tick = line.Field(2),
        };
        _runs.Add(run.Name, run);
        var task = Of(line.Id);
        task.Queue = line.Field(3);
        task.Runs.Add(run);
    }

    private void Add(Line line, Run run)
    {
        switch (line.Entry)
        {
            case Entry.Hold:
                Hold(line, run);
                break;
            case Entry.Usurped:
                run.UsurpedAt = line.At;
                run.NeverHeld = run.Owner.Length == 0 && line.At - run.Start <= AtTheStart;
                break;
            case Entry.Told:
                run.ToldAt = line.At;
                break;
            case Entry.End:
                (run.EndAt, run.End) = (line.At, line.Field(1));
                run.ToldAt = run.ToldAt == 0 && run.End == Ends.Cancelled ? line.At : run.ToldAt;
                break;
            case Entry.Result:
                run.ResultAt = line.Field(1) == "taken" ? long.Parse(line.Field(2), CultureInfo.InvariantCulture) : run.ResultAt;
                break;
            case Entry.Members:
                run.Members = line.Field(1).Split(',');
                break;
            default:
                throw new InvalidOperationException($"A ledger has '{line.Entry}' where no run has that.");
        }
    }

    private void Hold(Line line, Run run)
    {
        var owner = line.Field(1);
        if (run.Owner.Length == 0)
        {
            if (line.At - run.Start > FirstLookWithin || !_owners.TryAdd((run.TaskId, owner), run))
            {
                // Not known to be its own.
                run.Owner = "?";
                run.NeverHeld = line.At - run.Start <= AtTheStart;
                return;
            }

            run.Owner = owner;
            run.FirstLease = long.Parse(line.Field(2), CultureInfo.InvariantCulture) * MicrosecondsPerSecond;
        }

        if (run.Owner == owner)
        {
            var lease = long.Parse(line.Field(2), CultureInfo.InvariantCulture) * MicrosecondsPerSecond;
            run.Lease = Math.Max(run.Lease, lease);
        }
    }

    private void Done(string id, long at)
    {
        var task = Of(id);
        task.DoneAt = task.DoneAt == 0 ? at : Math.Min(task.DoneAt, at);
    }

    private TaskHistory Of(string id)
    {
        if (!_tasks.TryGetValue(id, out var task))
        {
            _tasks.Add(id, task = new TaskHistory(id));
        }

        return task;
    }
}

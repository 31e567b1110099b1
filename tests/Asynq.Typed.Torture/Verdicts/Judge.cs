using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>Decides from ledgers and keys what has become of every task.</summary>
internal sealed class Judge(Histories histories, Disturbances disturbances, KeyAudit keys, Timings timings)
{
    // A call that is refused for a reason that passes is repeated for five seconds, less a pause of half a second at most.
    private const long RepeatedFor = 4_000_000;

    // A busy machine brings about some, and of a short run they may be many.
    private const int FewUnseen = 20;
    private const int MostUnseenOf = 10;

    // Who had no processor when a run began could not look.
    private const long Around = 2_000_000;

    private readonly List<Finding> _findings = [.. keys.Findings];

    public IReadOnlyList<Finding> Findings => _findings;

    public void Decide()
    {
        foreach (var task in histories.Tasks)
        {
            DecideEnd(task);
            new RunJudge(task, disturbances, timings, _findings).Decide();
        }

        new StartJudge(histories, disturbances, _findings).Decide();
        new LifeJudge(histories, disturbances, _findings).Decide();
        DecideUnique();
        DecideBundles();
        DecideTicks();
        DecideSight();
    }

    /// <summary>A run whose lease is not known is judged by little: too many such, and a verdict says nothing.</summary>
    private void DecideSight()
    {
        var all = histories.LongRuns.All;
        var unseen = histories.UnseenRuns.Count(run => !disturbances.CouldDoNothing(
            run.Process, histories.Find(run.TaskId)!.Queue, run.Start - Around, run.Start + Around, 1));
        if (unseen > FewUnseen && unseen * MostUnseenOf > all)
        {
            _findings.Add(new Finding(Fact.Blind, $"of {unseen} of {all} runs it is not known until when they held their task"));
        }
    }

    private void DecideEnd(TaskHistory task)
    {
        var states = keys.StatesOf(task.Id);
        if (task.Refusal is { } refusal && (task.Runs.Count > 0 || task.DoneAt > 0 || states.Count > 0))
        {
            _findings.Add(new Finding(Fact.RefusedButThere, $"{task.Id} ({task.Kind}): {refusal}"));
        }

        if (task.RefusalPasses && task.RefusedAt - task.IntentAt < RepeatedFor)
        {
            _findings.Add(new Finding(
                Fact.GivenUpSoon, $"{task.Id} ({task.Kind}) after {(task.RefusedAt - task.IntentAt) / 1000} ms: {task.Refusal}"));
        }

        DecideAnswer(task);
        if (states is ["completed"] && task.DoneAt == 0)
        {
            _findings.Add(new Finding(Fact.Lost, $"{task.Id} ({task.Kind}, queue {task.Queue}) is completed, and no handler has done it"));
            return;
        }

        // What the library made is not announced: to have been run is to be there.
        var since = task.AcceptedAt > 0 ? task.AcceptedAt : task.Runs.FirstOrDefault()?.Start ?? 0;
        if (since == 0)
        {
            return;
        }

        if (states is ["archived"])
        {
            if (!Kinds.IsArchived(task.Kind))
            {
                _findings.Add(new Finding(Fact.Stuck, $"{task.Id} ({task.Kind}) is archived"));
            }
        }
        else if (task.DoneAt == 0 && states.Count == 0)
        {
            var lost = MayBeLost(task, since) ? Fact.LostByFailover : Fact.Lost;
            var confirmed = task.IsConfirmed ? ", all replicas had it" : "";
            _findings.Add(new Finding(lost, $"{task.Id} ({task.Kind}, queue {task.Queue}), {task.Runs.Count} runs{confirmed}"));
        }
    }

    // What all replicas have, whichever takes over has: but for what is on its way to another server with replicas of its own.
    private bool MayBeLost(TaskHistory task, long since) => disturbances.Failovers.MayHaveLostOnTheWay(since)
        || (!task.IsConfirmed && disturbances.Failovers.MayHaveLost(task.IntentAt > 0 ? task.IntentAt : since, since));

    private void DecideAnswer(TaskHistory task)
    {
        if (task.UnknownAt > 0 && !disturbances.Touched(task.IntentAt, task.UnknownAt))
        {
            _findings.Add(new Finding(
                Fact.UnknownWithoutCause, $"{task.Id} ({task.Kind}) after {(task.UnknownAt - task.IntentAt) / 1000} ms"));
        }
    }

    // Both locks are taken between intent and acceptance, and the first is released after its task is done.
    private void DecideUnique()
    {
        var byKey = histories.Tasks.Where(task => task.UniqueKey.Length > 0 && task.AcceptedAt > 0).GroupBy(task => task.UniqueKey);
        foreach (var holders in byKey)
        {
            var inOrder = holders.OrderBy(task => task.AcceptedAt).ToList();
            foreach (var (first, second) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (second.IntentAt > first.AcceptedAt && (first.DoneAt == 0 || second.AcceptedAt < first.DoneAt)
                    && !disturbances.Failovers.MayHaveLost(first.AcceptedAt, second.AcceptedAt))
                {
                    _findings.Add(new Finding(Fact.NotUnique, $"{first.Id} and {second.Id}, both {holders.Key}"));
                }
            }
        }
    }

    /// <summary>A task leaves its group in the step that enqueues its bundle: it is never part of two.</summary>
    private void DecideBundles()
    {
        var memberships = histories.Tasks
            .SelectMany(task => task.Runs)
            .SelectMany(run => run.Members.Select(member => (Member: member, Run: run)))
            .GroupBy(pair => pair.Member);
        foreach (var membership in memberships)
        {
            var bundles = membership.Select(pair => pair.Run).DistinctBy(run => run.TaskId).ToList();
            if (bundles.Count > 1)
            {
                AddOverlap(bundles[0], bundles[^1], $"{membership.Key} is in {bundles.Count} bundles");
            }
        }
    }

    private void DecideTicks()
    {
        var ticks = histories.Tasks
            .Where(task => task.Runs is [{ Tick.Length: > 0 }, ..])
            .GroupBy(task => long.Parse(task.Runs[0].Tick, System.Globalization.CultureInfo.InvariantCulture))
            .ToDictionary(tick => tick.Key, tick => tick.ToList());
        foreach (var (tick, tasks) in ticks.Where(tick => tick.Value.Count > 1))
        {
            AddOverlap(tasks[0].Runs[0], tasks[1].Runs[0], $"tick {tick} was enqueued {tasks.Count} times", Fact.WrongTick);
        }

        if (ticks.Count == 0)
        {
            return;
        }

        var last = Math.Max(ticks.Keys.Max(), (disturbances.Healed?.At ?? 0) / 1_000_000);
        for (var tick = ticks.Keys.Min(); tick <= last; tick += Nodes.SchedulerNode.TickSeconds)
        {
            if (!ticks.ContainsKey(tick))
            {
                // It is enqueued when Redis can be reached, which may be as much later as Redis is paused.
                var enqueued = tick * 1_000_000;
                var latest = enqueued + (long)timings.Pauses.Max().TotalMicroseconds;
                var lost = disturbances.Failovers.MayHaveLost(enqueued, latest) ? Fact.LostByFailover : Fact.WrongTick;
                _findings.Add(new Finding(lost, $"tick {tick} was never enqueued"));
            }
        }
    }

    private void AddOverlap(Run first, Run second, string what, Fact fact = Fact.Overlapping) => _findings.Add(new Finding(
        disturbances.Failovers.MayHaveLost(Math.Min(first.Start, second.Start), Math.Max(first.Start, second.Start))
            ? Fact.OverlappingByFailover
            : fact,
        what));
}

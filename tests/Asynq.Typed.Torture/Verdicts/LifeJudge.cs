using System.Globalization;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>
/// Decides about processes: which ended that were not to, and which did nothing though all was mended. That others do their work
/// would else hide it.
/// </summary>
internal sealed class LifeJudge(Histories histories, Disturbances disturbances, List<Finding> findings)
{
    private const long Second = 1_000_000;

    // As long as the library tries to connect, and some.
    private const long UntilGivenUp = 60 * Second;

    public void Decide()
    {
        foreach (var exit in disturbances.Exits.Where(exit => !exit.IsMeant && !IsExcused(exit)))
        {
            findings.Add(new Finding(Fact.Crashed, $"{exit.Process} ended with exit code {exit.Detail}"));
        }

        foreach (var own in histories.Tasks.Where(task => task is { Kind: Kinds.Own, AcceptedAt: > 0, DoneAt: 0 }))
        {
            findings.Add(new Finding(Fact.Idle, $"nobody ran {own.Id}, which only one worker takes, when all was mended"));
        }

        if (disturbances.Healed is var (healed, producers))
        {
            DecideProducers(healed, producers);
            DecideSchedulers(healed);
        }
    }

    private bool IsExcused(ProcessExit exit) => exit.CouldNotStart && disturbances.Touched(exit.At - UntilGivenUp, exit.At - Second - 1);

    private void DecideProducers(long healed, IReadOnlyList<string> producers)
    {
        foreach (var producer in producers)
        {
            var prefix = producer + ".";
            if (!histories.Tasks.Any(task => task.AcceptedAt >= healed && task.Id.StartsWith(prefix, StringComparison.Ordinal)))
            {
                findings.Add(new Finding(Fact.Idle, $"{producer} enqueued nothing when all was mended"));
            }
        }
    }

    private void DecideSchedulers(long healed)
    {
        if (!histories.Tasks.Any(task => task.Runs is [{ Tick: { Length: > 0 } tick }, ..]
            && long.Parse(tick, CultureInfo.InvariantCulture) * Second >= healed))
        {
            findings.Add(new Finding(Fact.Idle, "no scheduler enqueued a tick when all was mended"));
        }
    }
}

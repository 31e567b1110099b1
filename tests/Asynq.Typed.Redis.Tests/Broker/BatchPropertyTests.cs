using Asynq.Typed.Testing;
using CsCheck;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Batches leave the state, and give the outcomes, of the single operations in sequence.</summary>
public sealed class BatchPropertyTests
{
    private const int Sequences = 1_000;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Gen<EnqueueItem> Item = Gen.Select(
        Gen.Int[0, 7], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[-2_000, 4_000], Gen.Int[0, 5],
        (id, kind, group, unique, due, tick) => NewItem($"t{id}", kind, group, unique, due, tick));

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (4, Item.List[0, 6].Select(items => (Step)new Step.Enqueue(items))),
        (3, Gen.Int[1, 5].Select(most => (Step)new Step.Fetch(most))),
        (3, Gen.Int[0, 5].List[0, 5].Select(ends => (Step)new Step.Finish(ends))),
        (1, Gen.Int[0, 4].Select(most => (Step)new Step.Requeue(most))),
        (1, Gen.Int[1, 3_000].Select(milliseconds => (Step)new Step.Forward(milliseconds))));

    [Theory, EachBackend]
    public async Task A_batch_is_the_single_operations_in_sequence(Backend backend)
    {
        await using var together = await Scene.OpenAsync(backend);
        await using var oneByOne = await Scene.OpenAsync(backend);

        await AnyStep.List[1, 12].SampleAsync(
            async steps =>
            {
                var batches = await RunAsync(together, steps, inBatches: true);
                var singles = await RunAsync(oneByOne, steps, inBatches: false);
                Assert.Equal(singles, batches);
            },
            iter: Sequences,
            threads: 1);
    }

    private static EnqueueItem NewItem(string id, int kind, int group, int unique, int due, int tick)
    {
        const int Locks = 2;
        const int Ticks = 2;
        var message = Message(
            id, group: group == 0 && kind != 2 ? "" : $"g{group}", unique: unique < Locks ? $"u{unique}" : null, retention: due > 0 ? 60 : 0);
        var item = kind switch
        {
            0 => EnqueueItem.Pending(message),
            1 => EnqueueItem.Scheduled(message, Start.AddMilliseconds(due)),
            _ => EnqueueItem.Grouped(message),
        };
        return item with
        {
            LockTtl = unique < Locks ? Hour : null,
            Tick = tick < Ticks ? K.Tick("digest", tick) : "",
        };
    }

    /// <returns>The outcomes and the database at the end.</returns>
    private static async Task<string> RunAsync(Scene scene, List<Step> steps, bool inBatches)
    {
        await scene.Database.ExecuteAsync("FLUSHALL");
        var run = new Run(scene.NewBroker(archiveLimit: 3), inBatches);
        var now = Start;
        scene.Time.AdjustTime(now);
        foreach (var step in steps)
        {
            if (step is Step.Forward forward)
            {
                now = now.AddMilliseconds(forward.Milliseconds);
                scene.Time.AdjustTime(now);
            }

            await run.TakeAsync(step);
        }

        return string.Join('\n', [.. run.Log, await scene.DumpAsync()]);
    }

    private abstract record Step
    {
        internal sealed record Enqueue(List<EnqueueItem> Items) : Step
        {
            public override string ToString() => $"Enqueue({string.Join(", ", Items)})";
        }

        internal sealed record Fetch(int Most) : Step;

        internal sealed record Finish(List<int> Ends) : Step
        {
            public override string ToString() => $"Finish({string.Join(", ", Ends)})";
        }

        internal sealed record Requeue(int Most) : Step;

        internal sealed record Forward(int Milliseconds) : Step;
    }

    private sealed class Run(Redis.Broker broker, bool inBatches)
    {
        private readonly List<LeasedTask> _held = [];

        internal List<string> Log { get; } = [];

        internal async Task TakeAsync(Step step)
        {
            switch (step)
            {
                case Step.Enqueue enqueue:
                    Log.AddRange((await EnqueueAsync(enqueue.Items)).Select(outcome => $"{outcome}"));
                    break;
                case Step.Fetch fetch:
                    var fetched = await FetchAsync(fetch.Most);
                    Log.Add($"fetched {string.Join(',', fetched.Select(task => task.Id))}");
                    _held.AddRange(fetched);
                    break;
                case Step.Finish finish:
                    Log.AddRange((await FinishAsync(finish.Ends)).Select(outcome => $"{outcome}"));
                    break;
                case Step.Requeue requeue:
                    Log.AddRange((await RequeueAsync(Take(requeue.Most))).Select(outcome => $"{outcome}"));
                    break;
                default:
                    Log.Add($"{await broker.ForwardAsync(Queue, Ct)}");
                    break;
            }
        }

        private async Task<IEnumerable<EnqueueOutcome>> EnqueueAsync(List<EnqueueItem> items)
        {
            if (inBatches)
            {
                return (await broker.EnqueueManyAsync(items, Ct)).Select(reply => reply.Outcome);
            }

            var outcomes = new List<EnqueueOutcome>();
            foreach (var item in items)
            {
                outcomes.Add(await broker.EnqueueOneAsync(item, Ct));
            }

            return outcomes;
        }

        private async Task<IReadOnlyList<LeasedTask>> FetchAsync(int most)
        {
            if (inBatches)
            {
                return (await broker.DequeueAsync(Queue, most, Lease, Ct)).Tasks;
            }

            var tasks = new List<LeasedTask>();
            for (var i = 0; i < most; i++)
            {
                tasks.AddRange((await broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
            }

            return tasks;
        }

        private async Task<IEnumerable<LeaseOutcome>> FinishAsync(List<int> ends)
        {
            // The sixth kind ends the first task once more, which is lost by then.
            var tasks = Take(ends.Count);
            var attempts = tasks.Select((task, at) => NewAttempt(ends[at] == 5 ? tasks[0] : task, ends[at])).ToList();
            if (inBatches)
            {
                return await broker.FinishAsync(attempts, Ct);
            }

            var outcomes = new List<LeaseOutcome>();
            foreach (var attempt in attempts)
            {
                outcomes.AddRange(await broker.FinishAsync([attempt], Ct));
            }

            return outcomes;
        }

        private async Task<IEnumerable<LeaseOutcome>> RequeueAsync(List<LeasedTask> tasks)
        {
            if (inBatches)
            {
                return await broker.RequeueAsync(tasks, Ct);
            }

            var outcomes = new List<LeaseOutcome>();
            foreach (var task in Enumerable.Reverse(tasks))
            {
                outcomes.Insert(0, await broker.RequeueAsync(task, Ct));
            }

            return outcomes;
        }

        private Attempt NewAttempt(LeasedTask task, int end) => new(task, (AttemptEnd)(end % 5))
        {
            ProcessAt = broker.Now.AddMilliseconds(1_500),
            Error = "boom",
            IsFailure = end % 2 == 0,
        };

        private List<LeasedTask> Take(int most)
        {
            var taken = _held.Take(most).ToList();
            _held.RemoveRange(0, taken.Count);
            return taken;
        }
    }
}

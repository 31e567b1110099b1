namespace Asynq.Typed.Torture.Faults;

/// <summary>
/// Breaks things: in each lane one after the other, every fault of the lane before any comes again. What is broken, in which
/// order, for how long and to whom follows from the seed; when exactly does not, as the machine has a say in it.
/// </summary>
internal sealed class FaultSchedule(IReadOnlyList<Fault> faults, int seed)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>All faults of all topologies.</summary>
    public static IEnumerable<Fault> All() => [.. WorkerFaults.All, .. RedisFaults.All(), .. NetworkFaults.All, .. ContentFaults.All];

    public Task RunAsync(Stage stage) => Task.WhenAll(faults
        .GroupBy(fault => fault.Lane)
        .Select(lane => RunLaneAsync(stage, [.. lane], new Random(HashCode(seed, lane.Key)))));

    private static async Task RunLaneAsync(Stage stage, Fault[] lane, Random random)
    {
        await stage.WaitAsync(Quiet);
        while (true)
        {
            random.Shuffle(lane);
            foreach (var fault in lane)
            {
                var one = new Random(random.Next());
                await stage.WaitAsync(stage.Timings.BetweenFaults * (0.5 + random.NextDouble()));
                if (stage.Ending.IsCancellationRequested)
                {
                    return;
                }

                await fault.ActAsync(stage, one);
            }
        }
    }

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, Lane lane) => unchecked((seed * 397) ^ ((int)lane * 7_919));
}

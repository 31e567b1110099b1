using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Enqueues tasks at a constant rate.</summary>
internal static class SteadyProducer
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <returns>How many it has enqueued.</returns>
    internal static async Task<int> RunAsync(Bench bench, int perSecond, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var sent = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var due = (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond) - sent;
            if (due > 0)
            {
                await bench.FillAsync(Enumerable.Range(sent, due).Select(number => new Noop(number)));
                sent += due;
            }

            await Task.Delay(Step, CancellationToken.None);
        }

        return sent;
    }
}

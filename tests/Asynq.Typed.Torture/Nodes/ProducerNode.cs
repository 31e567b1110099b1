using System.Globalization;
using System.Runtime.InteropServices;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>A process that enqueues tasks of all kinds until it is told to end.</summary>
internal static class ProducerNode
{
    private const int MostInFlight = 32;

    // One task in so many waits until all replicas have it.
    private const int WaitsEach = 3;

    // What does not come to connect in this time is tried anew: the library's own deadline is shorter.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(NodeSettings settings)
    {
        using var ending = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            ending.Cancel();
        });
        using var ledger = new Ledger(settings.LedgerPath);
        var process = new RunNames(settings.Name).Process;
        _ = new Pulse(ledger, settings.Redis, process).WatchAsync();
        try
        {
            await EnqueueAllAsync(settings, ledger, process, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Told to end before it had connected.
        }
    }

    private static async Task EnqueueAllAsync(NodeSettings settings, Ledger ledger, string process, CancellationToken ending)
    {
        await using var client = await ConnectAsync(settings.Redis, ending);

        // By a connection of its own: all that is sent by one that waits, waits with it.
        await using var apart = settings.Replicas > 0 ? await ConnectAsync(settings.Redis, ending) : null;
        var enqueuer = new LedgerClient(client, ledger, apart?.WaitForReplicas(settings.Replicas));
        var mix = new TaskMix(new Random(settings.Seed), settings.Queues);
        using var slots = new SemaphoreSlim(MostInFlight);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / settings.Rate));
        for (var number = 1; !ending.IsCancellationRequested; number++)
        {
            await slots.WaitAsync(CancellationToken.None);
            _ = EnqueueAsync(mix.Next(NameOf(process, number)), waits: number % WaitsEach == 0);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        for (var slot = 0; slot < MostInFlight; slot++)
        {
            await slots.WaitAsync(CancellationToken.None);
        }

        async Task EnqueueAsync(PlannedEnqueue task, bool waits)
        {
            await enqueuer.EnqueueAsync(task, waits);
            slots.Release();
        }
    }

    // The process id is in it: a producer that was killed and started again counts from one.
    private static string NameOf(string process, int number) => string.Create(CultureInfo.InvariantCulture, $"{process}.{number}");

    private static async Task<AsynqClient> ConnectAsync(string redis, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(ConnectPatience);
            try
            {
                return await AsynqClient.ConnectAsync(redis, patience.Token);
            }
            catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                Console.WriteLine(exception.Message);
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}

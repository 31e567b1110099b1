using System.Globalization;
using System.Runtime.InteropServices;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>A process that enqueues tasks of all kinds until it is told to end.</summary>
internal static class ProducerNode
{
    private const int MostInFlight = 32;

    public static async Task RunAsync(NodeSettings settings)
    {
        using var ending = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            ending.Cancel();
        });
        using var ledger = new Ledger(settings.LedgerPath);
        await using var client = await ConnectAsync(settings.Redis, ending.Token);
        var enqueuer = new LedgerClient(client, ledger);
        var mix = new TaskMix(new Random(settings.Seed), settings.Queues);
        using var slots = new SemaphoreSlim(MostInFlight);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / settings.Rate));
        for (var number = 1; !ending.IsCancellationRequested; number++)
        {
            await slots.WaitAsync();
            _ = EnqueueAsync(mix.Next(NameOf(settings.Name, number)));
            await timer.WaitForNextTickAsync();
        }

        for (var slot = 0; slot < MostInFlight; slot++)
        {
            await slots.WaitAsync();
        }

        async Task EnqueueAsync(PlannedEnqueue task)
        {
            await enqueuer.EnqueueAsync(task);
            slots.Release();
        }
    }

    // The process id is in it: a producer that was killed and started again counts from one.
    private static string NameOf(string producer, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{producer}.{Environment.ProcessId}.{number}");

    private static async Task<AsynqClient> ConnectAsync(string redis, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await AsynqClient.ConnectAsync(redis, cancellationToken);
            }
            catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
            {
                Console.WriteLine(exception.Message);
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}

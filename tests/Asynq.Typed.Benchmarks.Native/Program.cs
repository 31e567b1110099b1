using System.Diagnostics;
using System.Globalization;
using Asynq.Typed;
using Microsoft.Extensions.DependencyInjection;

// A worker as small as it goes: no host, no configuration, no logging. Arguments: the connection string and the concurrency. It
// says when its first handler is called, and ends when its standard input does.
var services = new ServiceCollection();
services.AddLogging();
services.AddAsynq(args[0])
    .AddServer(server => server.Concurrency = int.Parse(args[1], CultureInfo.InvariantCulture))
    .AddAsynqTypedBenchmarksNativeHandlers();
await using var provider = services.BuildServiceProvider();

using var end = new CancellationTokenSource();
_ = Task.Run(async () =>
{
    await Console.In.ReadToEndAsync();
    await end.CancelAsync();
});
await provider.GetRequiredService<AsynqServer>().RunAsync(end.Token);

namespace Asynq.Typed.Benchmarks.Native
{
    /// <summary>The benchmarks' task that does nothing.</summary>
    [AsynqTask("load:noop")]
    internal sealed partial record Noop(int Number);

    internal sealed class NoopHandler : IHandle<Noop>
    {
        private static int _handled;

        public Task HandleAsync(Noop task, TaskContext context, CancellationToken cancellationToken)
        {
            var now = Stopwatch.GetTimestamp();
            if (Interlocked.Exchange(ref _handled, 1) == 0)
            {
                Console.WriteLine($"handled {now}");
            }

            return Task.CompletedTask;
        }
    }
}

using Asynq.Typed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// One of several servers that a test runs as processes. Its options come from its environment; it says which tasks it begins and
// ends, and ends itself by a signal, or with its standard input.
var mux = new TaskMux()
    .Handle("work", async (context, token) =>
    {
        Console.WriteLine($"began {context.TaskId}");
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
        Console.WriteLine($"ended {context.TaskId}");
    })
    .Handle("wait", async (context, token) =>
    {
        Console.WriteLine($"began {context.TaskId}");
        if (context.RetryCount == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }

        Console.WriteLine($"ended {context.TaskId}");
    })
    .Handle("block", (context, _) =>
    {
        Console.WriteLine($"began {context.TaskId}");
        Thread.Sleep(TimeSpan.FromSeconds(12));
        Console.WriteLine($"ended {context.TaskId}");
        return Task.CompletedTask;
    })
    .Handle("block-later", async (context, token) =>
    {
        Console.WriteLine($"began {context.TaskId}");
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, token);
        Thread.Sleep(TimeSpan.FromSeconds(12));
        Console.WriteLine($"ended {context.TaskId}");
    })
    .Handle("crash", (context, _) =>
    {
        Console.WriteLine($"began {context.TaskId}");
        if (context.RetryCount == 0)
        {
            Environment.FailFast("a handler ends the process");
        }

        Console.WriteLine($"ended {context.TaskId}");
        return Task.CompletedTask;
    });

var services = new ServiceCollection()
    .AddLogging(static logging => logging.AddProvider(new WarningLines()))
    .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build());
services.AddAsynq(args[0]).AddServer(static options => options.RetryDelay = static (_, _, _) => TimeSpan.Zero).AddHandlers(mux);
await using var provider = services.BuildServiceProvider();

using var parent = new CancellationTokenSource();
_ = Task.Run(async () =>
{
    await Console.In.ReadToEndAsync();
    await parent.CancelAsync();
});
await provider.GetRequiredService<AsynqServer>().RunAsync(parent.Token);
Console.WriteLine("closed");

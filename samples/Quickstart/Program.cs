using Asynq.Typed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quickstart;

var arguments = Arguments.Parse(args, out var fault);
if (arguments is null)
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error); // the journal below says what happens
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Journal>();
builder.Services.AddSingleton<Producer>();

var asynq = builder.Services.AddAsynq()
    .AddServer(server =>
    {
        server.Concurrency = 4;
        server.Queues = new() { [Demo.Queue] = 1 };
        server.RetryDelay = (_, _, _) => TimeSpan.FromSeconds(1); // the default waits 15 s and more
    })
    .AddQuickstartHandlers(); // generated from the handlers of this project

_ = arguments.Redis is { } redis ? asynq.UseRedis(redis) : asynq.UseEmbedded();

using var host = builder.Build();
var journal = host.Services.GetRequiredService<Journal>();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

try
{
    // The address is not printed: it may hold a password.
    journal.System(arguments.Redis is null ? "starting the embedded server" : "connecting to your Redis");
    await host.Services.GetRequiredService<AsynqClient>().PingAsync();
    await host.StartAsync();
    journal.System("the worker is up: 4 at once, queue 'quickstart'");
    await host.Services.GetRequiredService<Producer>().RunAsync(stopping);
    if (arguments.KeepRunning && !stopping.IsCancellationRequested)
    {
        journal.System("staying up: press Ctrl+C to stop");
        await host.WaitForShutdownAsync();
    }
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    journal.System("interrupted");
}
catch (ArgumentException exception) when (arguments.Redis is not null)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

await host.StopAsync();
journal.System("stopped");
return 0;

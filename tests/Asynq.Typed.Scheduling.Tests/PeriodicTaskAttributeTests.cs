using System.Collections.Concurrent;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

[AsynqTask("test:sweep", Queue = "low"), PeriodicTask("@every 1s", Name = "sweep", TimeZone = "Europe/Berlin")]
[PeriodicTask("@yearly", Name = "sweep:yearly")]
internal sealed partial record Sweep(int Limit = 10);

internal sealed record Swept(ConcurrentQueue<Sweep> Tasks);

internal sealed class SweepHandler(Swept swept) : IHandle<Sweep>
{
    public Task HandleAsync(Sweep task, TaskContext context, CancellationToken cancellationToken)
    {
        swept.Tasks.Enqueue(task);
        return Task.CompletedTask;
    }
}

/// <summary>A task that says itself when it is enqueued, from its attribute to its handler.</summary>
public sealed class PeriodicTaskAttributeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task The_generated_registration_makes_the_scheduler_enqueue_it(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var swept = new Swept([]);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(swept);
        builder.Services.AddAsynq(database.ConnectionString)
            .AddServer(static server => server.Queues = new() { ["low"] = 1 })
            .AddAsynqTypedSchedulingTestsHandlers();
        using var host = builder.Build();

        await host.StartAsync(Ct);
        var entries = await EntriesAsync(host, count: 2);
        var began = TimeProvider.System.GetTimestamp();
        while (swept.Tasks.IsEmpty)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "Nothing was swept.");
            await Task.Delay(20, Ct);
        }

        await host.StopAsync(Ct);
        Assert.All(swept.Tasks, task => Assert.Equal(new Sweep(10), task));
        Assert.Equal(["test:sweep", "test:sweep"], entries.Select(entry => entry.TaskType));
        Assert.Equal(
            ["Europe/Berlin", null],
            host.Services.GetServices<PeriodicTask>().OrderBy(task => task.Name, StringComparer.Ordinal).Select(task => task.TimeZone?.Id));
    }

    [Theory, EachBackend]
    public async Task Registering_twice_registers_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(new Swept([]));
        builder.Services.AddAsynq(database.ConnectionString)
            .AddServer()
            .AddAsynqTypedSchedulingTestsHandlers()
            .AddAsynqTypedSchedulingTestsHandlers();
        using var host = builder.Build();

        await host.StartAsync(Ct);
        var entries = await EntriesAsync(host, count: 2);
        await host.StopAsync(Ct);

        Assert.Equal(2, entries.Count);
        Assert.Equal(["sweep", "sweep:yearly"], host.Services.GetServices<PeriodicTask>().Select(task => task.Name).Order());
        Assert.Single(host.Services.GetServices<HandlerModule>());
        Assert.Single(builder.Services, service => service.ServiceType == typeof(SweepHandler));
    }

    private static async Task<IReadOnlyList<SchedulerEntryReport>> EntriesAsync(IHost host, int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var entries = await host.Services.GetRequiredService<AsynqInspector>().ListSchedulerEntriesAsync(Ct);
            if (entries.Count >= count)
            {
                return entries;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"{entries.Count} entries.");
            await Task.Delay(20, Ct);
        }
    }
}

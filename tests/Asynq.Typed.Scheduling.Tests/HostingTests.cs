using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>The scheduler in a host.</summary>
public sealed class HostingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_host_runs_the_scheduler_with_tasks_of_every_source(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var enqueued = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Asynq:PeriodicTasks:configured:Schedule"] = "@every 1s",
            ["Asynq:PeriodicTasks:configured:Type"] = "configured",
        });
        builder.Services.AddAsynq(database.ConnectionString)
            .AddPeriodicTask("@every 1s", new Report("typed"))
            .AddPeriodicTask(Scene.Raw("@every 1s", "raw"))
            .AddPeriodicTasks(builder.Configuration.GetSection("Asynq:PeriodicTasks"))
            .AddPeriodicTasks((services, _) => ValueTask.FromResult<IReadOnlyCollection<PeriodicTask>>(
                [Scene.Raw("@every 1s", services.GetRequiredService<IConfiguration>() is null ? "" : "delegate")]))
            .AddScheduler(options => options.AfterEnqueue = (_, task, _) =>
            {
                enqueued[task.Type] = true;
                return default;
            });
        using var host = builder.Build();

        await host.StartAsync(Ct);
        var began = TimeProvider.System.GetTimestamp();
        while (enqueued.Count < 4)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), string.Join(", ", enqueued.Keys));
            await Task.Delay(20, Ct);
        }

        Assert.Equal(["configured", "delegate", "raw", "report:daily"], enqueued.Keys.Order());
        Assert.Equal(1, await database.Database.SortedSetLengthAsync(Keys.Schedulers));
        await host.StopAsync(Ct);
        Assert.Equal(0, await database.Database.SortedSetLengthAsync(Keys.Schedulers));
    }

    [Fact]
    public async Task A_wrong_option_keeps_the_host_from_starting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsynq("127.0.0.1:1").AddScheduler(options => options.SyncInterval = TimeSpan.Zero);
        using var host = builder.Build();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.Contains("AsynqSchedulerOptions.SyncInterval is 00:00:00", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_schedule_keeps_the_host_from_starting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsynq("127.0.0.1:1").AddPeriodicTask("60 * * * *", new Report("x"));
        using var host = builder.Build();

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => host.StartAsync(Ct));

        Assert.Contains("the minute field '60' reaches 60", fault.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_scheduler_whose_Redis_is_down_starts_and_works_once_it_is_up(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var asked = 0;
        var enqueued = new TaskCompletionSource<string>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsynq()
            .UseRedis((_, _) => ValueTask.FromResult(
                ++asked == 1 ? "127.0.0.1:1,connectTimeout=500,connectRetry=0" : database.ConnectionString))
            .AddPeriodicTask(Scene.Raw("@every 1s"))
            .AddScheduler(options => options.AfterEnqueue = (tick, _, _) =>
            {
                enqueued.TrySetResult(tick.Task.Type);
                return default;
            });
        using var host = builder.Build();

        await host.StartAsync(Ct);

        Assert.Equal("tick", await enqueued.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        await host.StopAsync(Ct);
    }
}

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
#pragma warning disable ASQ3008 // What is refused at run time is given here on purpose
        builder.Services.AddAsynq("127.0.0.1:1").AddPeriodicTask("60 * * * *", new Report("x"));
#pragma warning restore ASQ3008
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

    [Fact]
    public async Task A_scheduler_that_finds_Redis_loading_its_data_starts_and_works_when_that_is_done()
    {
        await using var scene = await Scene.OpenAsync(Backend.Embedded);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("@every 10s"));
        scene.Fault = new RedisRefusedException("is loading its data", passes: true, new InvalidOperationException("LOADING"));

        await scheduler.StartAsync(Ct);
        Assert.Equal(1, scene.Log.Count("is loading its data The scheduler tries again until it can"));
        scene.Fault = null;
        await scene.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

        Assert.Equal(["2030-01-02T03:04:10Z"], await scene.TicksAsync());
    }

    [Fact]
    public async Task A_scheduler_that_Redis_refuses_for_good_does_not_start()
    {
        await using var scene = await Scene.OpenAsync(Backend.Embedded);
        var scheduler = scene.NewScheduler();
        scene.Fault = new RedisRefusedException("asks for a password");

        await Assert.ThrowsAsync<RedisRefusedException>(() => scheduler.StartAsync(Ct));

        await scheduler.StopAsync(Ct);
    }
}

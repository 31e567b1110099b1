using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What becomes of tasks while the host stops.</summary>
public sealed class HostLifetimeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Shutting_down_waits_for_a_task_that_ends_in_time(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(database, async (_, _, _) =>
        {
            started.TrySetResult();
            await release.Task;
        });
        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Retention = TimeSpan.FromHours(1) }, Token);
        await Eventually.ComesAsync(started.Task);

        var stopping = host.StopAsync();
        await Eventually.TrueAsync(() => host.Server.State == AsynqServerState.Stopped, "stopped");
        var late = await host.Client.EnqueueAsync(new Job("late"), null, Token);
        release.SetResult();
        await Eventually.ComesAsync(stopping);

        Assert.Equal(TaskState.Completed, (await host.Inspector.GetTaskAsync("default", task.Id, Token))!.State);
        Assert.Equal(TaskState.Pending, (await host.Inspector.GetTaskAsync("default", late.Id, Token))!.State);
    }

    [Theory, EachBackend]
    public async Task A_task_that_a_user_cancels_while_the_shutdown_waits_for_it_is_archived(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database,
            (_, _, token) =>
            {
                started.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            static options => options.ShutdownTimeout = TimeSpan.FromMinutes(10));
        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);

        var stopping = host.StopAsync();
        await Eventually.TrueAsync(() => host.Server.State == AsynqServerState.Stopped, "stopped");
        await host.Inspector.CancelTaskAsync("default", task.Id, Token);
        await Eventually.ComesAsync(stopping);

        var archived = await host.Inspector.GetTaskAsync("default", task.Id, Token);
        Assert.Equal(TaskState.Archived, archived!.State);
        Assert.Contains("cancelled by a user", archived.LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task No_task_is_taken_once_the_host_begins_to_stop_whatever_stops_first(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var runs = 0;
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, _, _) =>
            {
                Interlocked.Increment(ref runs);
                return Task.CompletedTask;
            },
            null,

            // Registered after the server, it is stopped before.
            static asynq => asynq.Services.AddSingleton<StopsFirst>()
                .AddHostedService(static services => services.GetRequiredService<StopsFirst>()));
        await host.StartAsync();
        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("runs"), null, Token));

        await Eventually.ComesAsync(host.StopAsync());

        var (state, task) = await Eventually.ComesAsync(host.Services.GetRequiredService<StopsFirst>().Saw.Task);
        Assert.Equal(AsynqServerState.Stopped, state);
        Assert.Equal(TaskState.Pending, (await host.Inspector.GetTaskAsync("default", task.Id, Token))!.State);
        Assert.Equal(1, runs);
    }

    private sealed class StopsFirst(AsynqServer server, AsynqClient client) : IHostedService
    {
        internal TaskCompletionSource<(AsynqServerState State, TaskInfo Task)> Saw { get; } = new();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken) =>
            Saw.TrySetResult((server.State, await client.EnqueueAsync(new Job("late"), null, cancellationToken)));
    }
}

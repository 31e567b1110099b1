using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>A task that cannot run now waits, and nothing of it counts.</summary>
public sealed class DeferTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task It_waits_as_long_as_it_says_and_spends_no_retry_even_where_it_has_none(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var reported = 0;
        await using var host = await TestHost.StartAsync(
            database,
            static (_, _, _) => throw new InvalidOperationException(
                "outer", new DeferTaskException(TimeSpan.FromHours(1), "the printer is busy")),
            options => options.ErrorHandler = _ =>
            {
                reported++;
                return Task.CompletedTask;
            });

        var before = TimeProvider.System.GetUtcNow();
        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);
        var waiting = await host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(0, waiting.Retried);
        Assert.Equal("the printer is busy", waiting.LastError);
        Assert.InRange(
            waiting.NextProcessAt!.Value, before.AddMinutes(59), TimeProvider.System.GetUtcNow().AddMinutes(61));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:processed"));
        Assert.Equal(0, reported);
        Assert.DoesNotContain(host.Log.Lines, line => line.Level > Microsoft.Extensions.Logging.LogLevel.Information);
    }

    [Theory]
    [EachBackend]
    public async Task It_runs_once_its_time_has_come_again_and_again(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var attempts = 0;
        await using var host = await TestHost.StartAsync(database, (_, context, _) =>
        {
            Assert.Equal(0, context.RetryCount);
            return ++attempts < 4 ? throw new DeferTaskException(TimeSpan.FromSeconds(-1), "not yet") : Task.CompletedTask;
        });

        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token));

        Assert.Equal(4, attempts);
        Assert.Equal("1", await database.Database.StringGetAsync("asynq:{default}:processed"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
    }

    [Theory, EachBackend]
    public async Task A_delay_beyond_the_calendar_is_ten_years(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => throw new DeferTaskException(TimeSpan.MaxValue, "some day"));

        var waiting = await host.InStateAsync(await host.Client.EnqueueAsync(new Job("x"), null, Token), TaskState.Retry);

        Assert.Equal(10, (waiting.NextProcessAt!.Value - TimeProvider.System.GetUtcNow()).TotalDays / 365, 1.0);
    }

    [Theory, EachBackend]
    public async Task A_task_that_a_user_cancels_meanwhile_is_archived_all_the_same(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(database, async (_, _, token) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)
                .ContinueWith(static _ => { }, TaskScheduler.Default);
            throw new DeferTaskException(TimeSpan.FromHours(1), "later");
        });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);
        await host.Inspector.CancelTaskAsync(task.Queue, task.Id, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.Contains("cancelled", archived.LastError, StringComparison.Ordinal);
    }
}

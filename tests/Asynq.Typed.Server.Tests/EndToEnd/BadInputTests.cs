using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

#pragma warning disable ASQ3003 // What is refused at run time is given here on purpose

/// <summary>What users give a server that it cannot work with as it is.</summary>
public sealed class BadInputTests
{
    private static readonly JobHandling Nothing = static (_, _, _) => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task A_handler_that_blocks_its_thread_holds_neither_its_slot_nor_the_shutdown(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        using var blocking = new ManualResetEventSlim();
        await using var host = await TestHost.StartAsync(
            database,
            (job, _, _) =>
            {
                if (job.Text == "blocks")
                {
                    blocking.Wait(CancellationToken.None);
                }

                return Task.CompletedTask;
            },
            static options =>
            {
                options.Concurrency = 1;
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
                options.ShutdownTimeout = TimeSpan.Zero;
            });
        try
        {
            var blocks = await host.Client.EnqueueAsync(new Job("blocks"), new() { Timeout = TimeSpan.FromSeconds(1) }, Token);
            var next = await host.Client.EnqueueAsync(new Job("next"), null, Token);

            await host.GoneAsync(next);
            Assert.Contains("deadline", (await host.InStateAsync(blocks, TaskState.Retry)).LastError, StringComparison.Ordinal);

            var again = await host.Client.EnqueueAsync(new Job("blocks"), null, Token);
            await host.InStateAsync(again, TaskState.Active);
            await Eventually.ComesAsync(host.StopAsync());
            Assert.Equal(TaskState.Pending, (await host.Inspector.GetTaskAsync("default", again.Id, Token))!.State);
        }
        finally
        {
            blocking.Set();
        }
    }

    [Fact]
    public async Task A_handler_that_returns_no_task_fails_like_one_that_throws()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => null!);

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);

        Assert.NotNull((await host.InStateAsync(task, TaskState.Archived)).LastError);
    }

    [Fact]
    public void What_is_null_is_refused_where_it_is_given()
    {
        var builder = new ServiceCollection().AddAsynq("unused");

        Assert.Throws<ArgumentNullException>(() => builder.AddHandlers((TaskMux)null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddHandlers((HandlerModule)null!));
        Assert.Throws<ArgumentNullException>(
            () => builder.UseMiddleware((Func<TaskContext, RawHandler, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>(() => new TaskMux().Handle("x", null!));
    }

    [Fact]
    public async Task A_queue_without_weight_is_left_out_with_a_warning()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(
            database, Nothing, static options => options.Queues = new() { ["default"] = 1, ["idle"] = 0, ["worse"] = -2 });

        Assert.Equal(
            ["idle", "worse"],
            host.Log.Lines.Where(static line => line.Text.Contains("left out", StringComparison.Ordinal))
                .Select(static line => line.Text.Split('\'')[1]).Order());
    }

    [Theory]
    [InlineData("Queues: none of idle has a weight above 0")]
    [InlineData("GroupGracePeriod is 00:00:00.9990000")]
    public async Task A_host_with_no_queue_of_weight_or_too_short_a_grace_period_does_not_start(string says)
    {
        await using var host = TestHost.Make("127.0.0.1:1", Nothing, options =>
        {
            if (says.StartsWith("Queues", StringComparison.Ordinal))
            {
                options.Queues = new() { ["idle"] = 0 };
            }
            else
            {
                options.GroupGracePeriod = TimeSpan.FromMilliseconds(999);
            }
        });

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}

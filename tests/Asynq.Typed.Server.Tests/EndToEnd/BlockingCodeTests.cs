using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Code of the application's that blocks outside of a handler holds neither a slot nor the shutdown for ever.</summary>
public sealed class BlockingCodeTests : IDisposable
{
    private readonly ManualResetEventSlim _blocking = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _blocking.Set();
        _blocking.Dispose();
    }

    [Fact]
    public async Task A_service_whose_disposal_blocks()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await StartAsync(
            database, build: asynq => asynq.Services.AddScoped(_ => new BlocksInDispose(_blocking)));

        await OthersRunAndTheServerShutsDownAsync(host);
    }

    [Fact]
    public async Task A_service_whose_asynchronous_disposal_never_ends()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await StartAsync(
            database, build: static asynq => asynq.Services.AddScoped(static _ => new NeverDisposed()));

        await OthersRunAndTheServerShutsDownAsync(host);
    }

    [Theory]
    [InlineData(nameof(AsynqServerOptions.IsFailure))]
    [InlineData(nameof(AsynqServerOptions.RetryDelay))]
    public async Task A_function_of_the_options_that_blocks(string option)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await StartAsync(database, options =>
        {
            if (option == nameof(AsynqServerOptions.IsFailure))
            {
                options.IsFailure = _ => Block() is null;
            }
            else
            {
                options.RetryDelay = (_, _, _) => Block() ?? TimeSpan.Zero;
            }
        });

        var task = await OthersRunAndTheServerShutsDownAsync(host);

        // As if the function had thrown: it counts as a failure, and waits for as long as it would without one.
        var seen = (await host.Inspector.GetTaskAsync(task.Queue, task.Id, Token))!;
        Assert.Equal((TaskState.Retry, 1), (seen.State, seen.Retried));
        Assert.True(seen.NextProcessAt > TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task A_health_check_that_blocks()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var called = new TaskCompletionSource();
        await using var host = await StartAsync(database, options => options.HealthCheck = _ =>
        {
            called.TrySetResult();
            Block();
        });
        await Eventually.ComesAsync(called.Task);

        await Eventually.ComesAsync(host.StopAsync());

        Assert.Equal(AsynqServerState.Closed, host.Server.State);
    }

    private TimeSpan? Block()
    {
        _blocking.Wait(CancellationToken.None);
        return null;
    }

    /// <summary>A server of one slot, whose first task fails, with what a test adds to it.</summary>
    private static Task<TestHost> StartAsync(
        TestDatabase database, Action<AsynqServerOptions>? configure = null, Action<AsynqBuilder>? build = null) =>
        TestHost.StartAsync(
            database.ConnectionString,
            static (job, context, _) =>
            {
                if (job.Text != "blocks")
                {
                    return Task.CompletedTask;
                }

                context.Services.GetService<BlocksInDispose>();
                context.Services.GetService<NeverDisposed>();
                throw new InvalidOperationException("no");
            },
            options =>
            {
                options.Concurrency = 1;
                options.ShutdownTimeout = TimeSpan.FromSeconds(1);
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
                configure?.Invoke(options);
            },
            build);

    private static async Task<TaskInfo> OthersRunAndTheServerShutsDownAsync(TestHost host)
    {
        var blocks = await host.Client.EnqueueAsync(new Job("blocks"), null, Token);
        var next = await host.Client.EnqueueAsync(new Job("next"), null, Token);
        await host.GoneAsync(next);

        // And where it has only begun to block.
        await host.Client.EnqueueAsync(new Job("blocks"), null, Token);
        await Eventually.ComesAsync(host.StopAsync());
        Assert.Equal(AsynqServerState.Closed, host.Server.State);
        return blocks;
    }

    private sealed class BlocksInDispose(ManualResetEventSlim blocking) : IDisposable
    {
        public void Dispose() => blocking.Wait(CancellationToken.None);
    }

    private sealed class NeverDisposed : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None));
    }
}

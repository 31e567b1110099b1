using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A task has run, and Redis cannot be told: from the handler through the finisher to the syncer.</summary>
public sealed class FailedWriteTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly QueueKeys K = Keys.Of("default");

    private int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task The_task_stays_leased_until_Redis_is_told_and_runs_once(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var failing = server.Redis.FailScript("finish.lua");
        await RunAsync(server);
        var attempt = Assert.Single(server.Runtime.Active.All);
        var lease = await LeaseAsync(server);

        await server.TurnWhileExtendedAsync(attempt, server.Settings.Options.LeaseDuration * 2);

        Assert.InRange((await LeaseAsync(server) - lease)!.Value, 30, double.MaxValue);
        Assert.Equal(TaskState.Active, await server.StateAsync("one"));
        failing.Dispose();
        await server.TurnWhileExtendedAsync(attempt, async () => await server.StateAsync("one") is null);
        await IsDoneOnceAsync(server);
    }

    [Theory, EachBackend]
    public async Task A_write_whose_answer_alone_was_lost_is_not_counted_twice(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var failing = server.Redis.FailScript("finish.lua", isDone: true);
        await RunAsync(server);
        Assert.Null(await server.StateAsync("one"));
        failing.Dispose();
        var calls = server.CallsOf("finish.lua");

        await Clock.TurnUntilAsync(server.Time, Second, () => server.CallsOf("finish.lua") > calls);
        await Eventually.TrueAsync(() => server.Runtime.Syncer.Count == 0, "the syncer has its answer");
        await IsDoneOnceAsync(server);
        Assert.DoesNotContain(server.Log.Lines, static line => line.Text.Contains("came too late", StringComparison.Ordinal));
    }

    [Theory, EachBackend]
    public async Task A_write_that_fails_while_the_server_shuts_down_is_repeated_before_it_ends(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var hanging = server.Hang("finish.lua", K.Active);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        server.Runtime.Start();
        await Eventually.TrueAsync(() => server.CallsOf("finish.lua") == 1, "the write is on its way");

        var shutdown = server.Runtime.ShutdownAsync(CancellationToken.None);
        hanging.Dispose();
        await Eventually.ComesAsync(shutdown);

        await IsDoneOnceAsync(server);
        Assert.Equal(0, await server.Database.Database.SortedSetLengthAsync(Keys.Servers));
    }

    [Theory, EachBackend]
    public async Task What_Redis_cannot_be_told_until_the_end_is_left_to_be_taken_back(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        using var failing = server.Redis.FailScript("finish.lua");
        await RunAsync(server);

        await Eventually.ComesAsync(server.Runtime.ShutdownAsync(CancellationToken.None));

        Assert.Contains(server.Log.Lines, static line => line.Text.Contains("it will run again", StringComparison.Ordinal));
        Assert.Empty(server.Runtime.Active.All);
        Assert.Equal(TaskState.Active, await server.StateAsync("one"));
        Assert.NotNull(await LeaseAsync(server));
        Assert.Equal(0, await server.Database.Database.SortedSetLengthAsync(Keys.Servers));
    }

    private Task<RuntimeFixture> OpenAsync(Backend backend) => RuntimeFixture.OpenAsync(
        (_, _, _) =>
        {
            Interlocked.Increment(ref _runs);
            return Task.CompletedTask;
        },
        null,
        backend);

    /// <summary>Has a task run, and the first write of its end fail.</summary>
    private static async Task RunAsync(RuntimeFixture server)
    {
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        server.Runtime.Start();
        await Eventually.TrueAsync(() => server.Runtime.Syncer.Count == 1, "the syncer has the write");
    }

    private async Task IsDoneOnceAsync(RuntimeFixture server)
    {
        await Eventually.TrueAsync(() => server.Runtime.Active.Count == 0, "the server knows that Redis knows");
        Assert.Equal(1, _runs);
        Assert.Null(await server.StateAsync("one"));
        Assert.Null(await LeaseAsync(server));
        Assert.Equal(0, server.Runtime.Syncer.Count);
        Assert.Equal("1", await server.Database.Database.StringGetAsync(K.Processed));
        Assert.False(await server.Database.Database.KeyExistsAsync(K.Failed));
    }

    private static Task<double?> LeaseAsync(RuntimeFixture server) =>
        server.Database.Database.SortedSetScoreAsync(K.Lease, "one");
}

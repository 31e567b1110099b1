using System.Collections.Concurrent;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>
/// Tasks so large that an answer holds one of them. Once an answer has told, the queue is asked by several calls at once.
/// </summary>
public sealed class LargeTaskFetchTests
{
    private static readonly string Text = new('x', 1024 * 1024);
    private static readonly QueueKeys K = Keys.Of("default");
    private static readonly string[] Ids = ["a", "b", "c", "d"];

    private readonly ConcurrentDictionary<string, int> _runs = new();
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Several_calls_are_on_their_way_at_once_and_each_task_runs_once(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var answers = await AskAtOnceAsync(server);

        answers.SetResult();

        await Eventually.TrueAsync(() => _runs.Count == Ids.Length, "all run");
        _go.SetResult();
        await Eventually.TrueAsync(async () => (long)await server.Database.Database.StringGetAsync(K.Processed) == Ids.Length, "all are done");
        Assert.All(_runs.Values, static runs => Assert.Equal(1, runs));
        Assert.False(await server.Database.Database.KeyExistsAsync(K.Failed));
    }

    [Theory, EachBackend]
    public async Task What_all_have_leased_is_fetched_again_where_none_is_answered(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await LoseAsync(server, await AskAtOnceAsync(server));
        server.Hold("dequeue.lua").SetResult();

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromMilliseconds(100), () => _runs.Count == Ids.Length);

        Assert.All(_runs.Values, static runs => Assert.Equal(1, runs));
        Assert.Empty(server.Broker.UnansweredQueues);
        _go.SetResult();
        await Eventually.TrueAsync(async () => (long)await server.Database.Database.StringGetAsync(K.Processed) == Ids.Length, "all are done");
        Assert.False(await server.Database.Database.KeyExistsAsync(K.Failed));
    }

    [Theory, EachBackend]
    public async Task A_shutdown_gives_back_what_all_have_leased(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await LoseAsync(server, await AskAtOnceAsync(server));
        server.Runtime.Stop();
        server.Hold("dequeue.lua").SetResult();
        var shutdown = server.Runtime.ShutdownAsync(Token);

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => shutdown.IsCompleted);

        Assert.Equal(["a"], _runs.Keys);
        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(K.Pending) == Ids.Length, "all are pending");
        foreach (var id in Ids)
        {
            Assert.Equal(0, (await server.Broker.GetTaskInfoAsync("default", id, Token))!.Retried);
        }

        Assert.False(await server.Database.Database.KeyExistsAsync(K.Lease));
        Assert.Empty(server.Broker.UnansweredQueues);
    }

    private async Task<RuntimeFixture> OpenAsync(Backend backend)
    {
        var server = await RuntimeFixture.OpenAsync(
            async (_, context, cancellationToken) =>
            {
                _runs.AddOrUpdate(context.TaskId, 1, static (_, before) => before + 1);
                await _go.Task.WaitAsync(cancellationToken);
            },
            static options => options.HeartbeatInterval = TimeSpan.FromSeconds(10),
            backend);
        foreach (var id in Ids)
        {
            await server.Broker.EnqueueAsync(RuntimeFixture.Message(id, Text), Token);
        }

        return server;
    }

    /// <summary>Starts the server, and has it wait for the answers of the three calls that follow the first.</summary>
    private static async Task<TaskCompletionSource> AskAtOnceAsync(RuntimeFixture server)
    {
        var first = server.Hold("dequeue.lua");
        server.Runtime.Start();
        await Eventually.TrueAsync(async () => await server.StateAsync("a") == TaskState.Active, "the first call is carried out");
        Assert.Equal(1, server.CallsOf("dequeue.lua"));

        var answers = server.Hold("dequeue.lua");
        first.SetResult();
        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(K.Active) == Ids.Length, "those that follow are carried out");
        Assert.Equal(Ids.Length, server.CallsOf("dequeue.lua"));
        return answers;
    }

    private static async Task LoseAsync(RuntimeFixture server, TaskCompletionSource answers)
    {
        answers.SetException(new RedisTimeoutException(CommandFlags.None, "no answer", CommandStatus.Sent));
        await Eventually.TrueAsync(
            () => server.CallsOf("dequeue.lua") >= 7 && server.Broker.UnansweredQueues.Count == 1, "the repetitions are lost, too");
    }
}

using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A worker that lost its task changes nothing about it any more.</summary>
public sealed class FencingTests
{
    private static readonly string[] Calls = ["done", "complete", "retry", "archive", "requeue", "result", "extend"];

    public static TheoryData<Backend, string> EachCall { get; } =
        new(from backend in Enum.GetValues<Backend>() from call in Calls select (backend, call));

    [Theory, MemberData(nameof(EachCall))]
    public async Task The_owner_may_write(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));

        Assert.True(await CallAsync(scene, call, task));
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_worker_whose_task_was_recovered_and_fetched_again_is_lost(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        await scene.Broker.RecoverAsync(Queue, scene.Broker.Now - Lease, _ => TimeSpan.Zero, Ct);
        await scene.Broker.ForwardAsync(Queue, Ct);
        var second = await scene.FetchAsync();

        await AssertLostAsync(scene, call, first);
        Assert.True(await CallAsync(scene, call, second));
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_worker_that_asked_for_a_longer_lease_than_the_next_one_is_lost(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        await scene.Broker.ExtendLeaseAsync(Queue, [first], TimeSpan.FromHours(1), Ct);
        await scene.Broker.RecoverAsync(Queue, scene.Broker.Now.AddHours(2), _ => TimeSpan.Zero, Ct);
        await scene.Broker.ForwardAsync(Queue, Ct);
        var second = await scene.FetchAsync();

        // The lease proves nothing here: the owner alone tells.
        Assert.True(second.LeaseExpiry < first.LeaseExpiry);

        await AssertLostAsync(scene, call, first);
        Assert.True(await CallAsync(scene, call, second));
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_worker_whose_task_a_Go_peer_took_is_lost(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var peer = new GoPeer(scene);
        var first = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        await peer.RetryAsync("a", scene.Broker.Now);
        await peer.ForwardAsync("retry", scene.Broker.Now);

        // The peer knows no owner, so ours still stands in the hash: the lease alone tells.
        Assert.Equal("a", await peer.DequeueAsync(scene.Broker.Now + Lease));
        Assert.Equal(first.Owner, await scene.FieldAsync("a", "owner"));

        await AssertLostAsync(scene, call, first);
    }

    /// <summary>The answer to the extension comes after the write has found the lease that it does not know yet.</summary>
    [Theory, InlineData("done"), InlineData("complete"), InlineData("retry"), InlineData("requeue"), InlineData("result")]
    public async Task A_write_that_an_extension_of_its_own_overtakes_is_made(string call)
    {
        await using var scene = await Scene.OpenAsync(Backend.Redis);
        var task = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        var extended = task.LeaseExpiry.AddSeconds(1);
        await scene.Database.SortedSetAddAsync(K.Lease, "a", extended.ToUnixTimeSeconds());

        await using var other = await ConnectionMultiplexer.ConnectAsync(scene.ConnectionString);
        await other.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var answered = new TaskCompletionSource();
        task.BeginExtension(answered.Task);
        var write = CallAsync(scene, call, task);
        await other.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");
        await scene.Broker.PingAsync(Ct);
        Assert.False(write.IsCompleted);
        task.Grant(extended);
        answered.SetResult();

        Assert.True(await write);
    }

    [Theory, InlineData("done"), InlineData("complete"), InlineData("retry"), InlineData("requeue"), InlineData("result")]
    public async Task An_extension_on_its_way_gives_no_right_to_a_peers_task(string call)
    {
        await using var scene = await Scene.OpenAsync(Backend.Redis);
        var peer = new GoPeer(scene);
        var first = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        await peer.RetryAsync("a", scene.Broker.Now);
        await peer.ForwardAsync("retry", scene.Broker.Now);
        await peer.DequeueAsync(scene.Broker.Now + Lease);
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        var before = await scene.DumpAsync();

        // It asks for an expiry later than the peer's, and the write is sent before the refusal is there.
        await using var other = await ConnectionMultiplexer.ConnectAsync(scene.ConnectionString);
        await other.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var extension = scene.Broker.ExtendLeaseAsync(Queue, [first], Lease, Ct);
        var write = CallAsync(scene, call, first);
        await other.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");

        Assert.Equal([first], (await extension).Lost);
        Assert.False(await write);
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task An_extension_that_was_refused_gives_no_right_to_a_peers_task(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var peer = new GoPeer(scene);
        var first = await scene.EnqueueAndFetchAsync(Message("a"));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        await peer.RetryAsync("a", scene.Broker.Now);
        await peer.ForwardAsync("retry", scene.Broker.Now);
        await peer.DequeueAsync(scene.Broker.Now + Lease);

        // It asks for an expiry later than the peer's, so only the refusal can tell.
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        var extension = await scene.Broker.ExtendLeaseAsync(Queue, [first], Lease, Ct);

        Assert.Equal([first], extension.Lost);
        await AssertLostAsync(scene, "done", first);
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_task_that_is_gone_is_lost_and_leaves_nothing(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        await new GoPeer(scene).DoneAsync("a");

        await AssertLostAsync(scene, call, task);
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("a")));
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_task_without_its_lease_is_lost_and_stays_active_for_the_recoverer(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        await scene.Database.SortedSetRemoveAsync(K.Lease, "a");

        await AssertLostAsync(scene, call, task);
        Assert.Equal(["a"], await scene.ListAsync(K.Active));
    }

    [Theory, MemberData(nameof(EachCall))]
    public async Task A_task_that_is_in_no_active_list_is_lost(Backend backend, string call)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", retention: 60));
        await scene.Database.ListRemoveAsync(K.Active, "a");

        await AssertLostAsync(scene, call, task);
    }

    [Theory, EachBackend]
    public async Task Every_end_of_an_attempt_deletes_the_owner(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var call in Calls.Except(["result", "extend"]))
        {
            var task = await scene.EnqueueAndFetchAsync(Message(call, retention: 60));

            Assert.True(await CallAsync(scene, call, task));

            Assert.Null(await scene.FieldAsync(call, "owner"));
            await scene.Database.KeyDeleteAsync(K.Pending);
        }
    }

    [Theory, EachBackend]
    public async Task An_extended_lease_keeps_the_right(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a"));
        scene.Time.Advance(TimeSpan.FromSeconds(20));

        var extension = await scene.Broker.ExtendLeaseAsync(Queue, [task], Lease, Ct);

        Assert.Empty(extension.Lost);
        Assert.Equal(Start.AddSeconds(50), task.LeaseExpiry);
        Assert.Equal(Start.AddSeconds(50).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Lease, "a"));
        Assert.Equal(LeaseOutcome.Written, await scene.Broker.DoneAsync(task, Ct));
    }

    [Theory, EachBackend]
    public async Task Bulk_calls_tell_the_lost_from_the_written(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var tasks = new List<LeasedTask>();
        foreach (var id in new[] { "a", "b", "c" })
        {
            tasks.Add(await scene.EnqueueAndFetchAsync(Message(id)));
        }

        await new GoPeer(scene).DoneAsync("b");

        Assert.Equal(
            [LeaseOutcome.Written, LeaseOutcome.Lost, LeaseOutcome.Written], await scene.Broker.DoneAsync(tasks, Ct));
    }

    [Theory, EachBackend]
    public async Task Bulk_requeue_keeps_the_order_in_which_tasks_were_fetched(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            await scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        var fetched = (await scene.Broker.DequeueAsync(Queue, 3, Lease, Ct)).Tasks;
        Assert.All(await scene.Broker.RequeueAsync(fetched, Ct), outcome => Assert.Equal(LeaseOutcome.Written, outcome));

        var again = (await scene.Broker.DequeueAsync(Queue, 4, Lease, Ct)).Tasks;
        Assert.Equal(["a", "b", "c", "d"], again.Select(task => task.Id));
        Assert.All(again, task => Assert.Equal(0, task.Message.Retried));
    }

    [Theory, EachBackend]
    public async Task Attempts_of_two_queues_are_refused_in_one_call(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var one = await scene.EnqueueAndFetchAsync(Message("a"));
        var other = await scene.EnqueueAndFetchAsync(Message("b", queue: "other"));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DoneAsync([one, other], Ct));

        Assert.Contains("'b' is of queue 'other'", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertLostAsync(Scene scene, string call, LeasedTask task)
    {
        var before = await scene.DumpAsync();

        Assert.False(await CallAsync(scene, call, task));

        Assert.Equal(before, await scene.DumpAsync());
    }

    private static async Task<bool> CallAsync(Scene scene, string call, LeasedTask task)
    {
        var broker = scene.Broker;
        if (call == "extend")
        {
            return (await broker.ExtendLeaseAsync(Queue, [task], Lease, Ct)).Lost.Count == 0;
        }

        var outcome = call switch
        {
            "done" => await broker.DoneAsync(task, Ct),
            "complete" => await broker.CompleteAsync(task, Ct),
            "retry" => await broker.RetryAsync(task, broker.Now, "e", true, Ct),
            "archive" => await broker.ArchiveAsync(task, "e", Ct),
            "requeue" => await broker.RequeueAsync(task, Ct),
            _ => await broker.WriteResultAsync(task, "r"u8.ToArray(), Ct),
        };
        return outcome == LeaseOutcome.Written;
    }
}

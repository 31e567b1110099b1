using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Tasks of dead workers come back, each by itself, and nobody else's do.</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(90);

    [Theory, EachBackend]
    public async Task An_expired_task_is_retried_and_counted(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.EnqueueAndFetchAsync(Message("a", group: "g", unique: "u"));
        await scene.Broker.EnqueueAsync(Message("later"), Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(60));

        var result = await RecoverAsync(scene);

        Assert.Equal(["a"], result.Retried);
        var stored = await scene.StoredAsync("a");
        Assert.Equal(1, stored.Retried);
        Assert.Equal("asynq: task lease expired", stored.ErrorMsg);
        Assert.Equal(scene.Broker.Now.ToUnixTimeSeconds(), stored.LastFailedAt);
        Assert.Equal(
            (scene.Broker.Now + Delay).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Retry, "a"));
        Assert.Equal("retry", await scene.FieldAsync("a", "state"));
        Assert.Null(await scene.FieldAsync("a", "owner"));
        Assert.Equal("1", await scene.Database.StringGetAsync(K.Failed));
        Assert.Equal("1", await scene.Database.StringGetAsync(K.ProcessedOn(Start)));
        Assert.False(await scene.Database.KeyExistsAsync(K.Active));
        Assert.False(await scene.Database.KeyExistsAsync(K.Lease));
    }

    [Theory, EachBackend]
    public async Task A_task_without_attempts_left_is_archived(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.EnqueueAndFetchAsync(Message("a", retry: 0));
        scene.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(["a"], (await RecoverAsync(scene)).Archived);

        Assert.Equal("archived", await scene.FieldAsync("a", "state"));
        Assert.Equal(0, (await scene.StoredAsync("a")).Retried);
        Assert.NotNull(await scene.Database.SortedSetScoreAsync(K.Archived, "a"));
    }

    [Theory, EachBackend]
    public async Task A_lease_that_has_not_ended_by_the_cutoff_is_left_alone(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a"));
        scene.Time.Advance(TimeSpan.FromSeconds(59));

        Assert.Empty((await RecoverAsync(scene)).Retried);

        Assert.Equal(LeaseOutcome.Written, await scene.Broker.DoneAsync(task, Ct));
    }

    [Theory, EachBackend]
    public async Task A_task_that_is_fetched_again_after_it_was_listed_is_not_stolen(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var peer = new GoPeer(scene);
        await scene.EnqueueAndFetchAsync(Message("a"));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        LeasedTask? again = null;

        // The delay is asked for between the listing and the script: in that moment the task changes hands.
        var result = await scene.Broker.RecoverAsync(
            Queue,
            scene.Broker.Now - Lease,
            _ =>
            {
                again ??= Task.Run(async () =>
                {
                    await peer.RetryAsync("a", scene.Broker.Now);
                    await peer.ForwardAsync("retry", scene.Broker.Now);
                    return await scene.FetchAsync();
                }).GetAwaiter().GetResult();
                return Delay;
            },
            Ct);

        Assert.Empty(result.Retried);
        Assert.Equal(["a"], await scene.ListAsync(K.Active));
        Assert.Equal(LeaseOutcome.Written, await scene.Broker.DoneAsync(again!, Ct));
    }

    [Theory, EachBackend]
    public async Task An_active_task_without_a_lease_does_not_stay_active_for_ever(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.EnqueueAndFetchAsync(Message("a"));
        await scene.Database.SortedSetRemoveAsync(K.Lease, "a");

        Assert.Equal(["a"], (await RecoverAsync(scene)).Retried);

        Assert.False(await scene.Database.KeyExistsAsync(K.Active));
    }

    [Theory, EachBackend]
    public async Task Remnants_are_removed(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var old = Start.AddMinutes(-5).ToUnixTimeSeconds();
        await scene.Database.ListLeftPushAsync(K.Active, ["no-hash", "no-hash-leased"]);
        await scene.Database.SortedSetAddAsync(K.Lease, [new("no-hash-leased", old), new("lease-only", old)]);
        await scene.Broker.EnqueueAsync(Message("pending-leased"), Ct);
        await scene.Database.SortedSetAddAsync(K.Lease, "pending-leased", old);

        Assert.Equal(4, (await RecoverAsync(scene)).Dropped);

        Assert.False(await scene.Database.KeyExistsAsync(K.Active));
        Assert.False(await scene.Database.KeyExistsAsync(K.Lease));
        Assert.Equal("pending-leased", (await scene.FetchAsync()).Id);
    }

    [Theory, EachBackend]
    public async Task A_task_that_says_active_but_is_in_no_list_is_retried_when_its_lease_ends(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.EnqueueAndFetchAsync(Message("a"));
        await scene.Database.KeyDeleteAsync(K.Active);
        Assert.Empty((await RecoverAsync(scene)).Retried);
        scene.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(["a"], (await RecoverAsync(scene)).Retried);
    }

    [Theory, EachBackend]
    public async Task One_bad_task_does_not_stop_the_recovery_of_others(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "broken", "no-message", "wrong-type", "stranger", "throws", "good" })
        {
            await scene.EnqueueAndFetchAsync(Message(id, unique: id));
        }

        await scene.Database.HashSetAsync(K.Task("broken"), "msg", new byte[] { 0xff, 0xff });
        await scene.Database.HashDeleteAsync(K.Task("no-message"), "msg");
        await scene.Database.KeyDeleteAsync(K.Task("wrong-type"));
        await scene.Database.StringSetAsync(K.Task("wrong-type"), "not a hash");
        await scene.Database.HashSetAsync(K.Task("stranger"), "msg", await scene.Database.HashGetAsync(K.Task("good"), "msg"));
        scene.Time.Advance(TimeSpan.FromSeconds(61));

        var result = await scene.Broker.RecoverAsync(
            Queue,
            scene.Broker.Now - Lease,
            message => message.Id == "throws" ? throw new InvalidOperationException("user code") : Delay,
            Ct);

        Assert.Equal(["good"], result.Retried);
        Assert.Equal(["broken", "no-message", "stranger", "wrong-type"], result.Quarantined.Order());
        Assert.Equal("user code", Assert.Single(result.Failures).Value.Message);
        Assert.Equal(["throws"], await scene.ListAsync(K.Active));
        Assert.Equal((byte[])[0xff, 0xff], (byte[]?)await scene.Database.HashGetAsync(K.Task("broken"), "msg"));
        Assert.StartsWith("the message cannot be decoded", await scene.FieldAsync("broken", "reason"), StringComparison.Ordinal);
        Assert.NotNull(await scene.FieldAsync("no-message", "reason"));
        Assert.Equal("5", await scene.Database.StringGetAsync(K.Failed));
    }

    [Theory, EachBackend]
    public async Task More_expired_tasks_than_a_script_takes_are_all_recovered(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueManyAsync(
            [.. Enumerable.Range(0, 350).Select(i => EnqueueItem.Pending(Message($"{i:000}")))], Ct);
        Assert.Equal(350, (await scene.Broker.DequeueAsync(Queue, 400, Lease, Ct)).Tasks.Count);
        foreach (var i in Enumerable.Range(0, 150))
        {
            await scene.Database.SortedSetRemoveAsync(K.Lease, $"{i:000}");
        }

        scene.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(200, (await scene.Broker.ListExpiredLeasesAsync(Queue, scene.Broker.Now - Lease, Ct)).Count);

        Assert.Equal(350, (await RecoverAsync(scene)).Retried.Distinct().Count());

        Assert.Equal(350, await scene.Database.SortedSetLengthAsync(K.Retry));
    }

    [Theory, EachBackend]
    public async Task Two_recoverers_take_each_task_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueManyAsync(
            [.. Enumerable.Range(0, 300).Select(i => EnqueueItem.Pending(Message($"{i:000}")))], Ct);
        await scene.Broker.DequeueAsync(Queue, 300, Lease, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(61));

        var results = await Task.WhenAll(RecoverAsync(scene), RecoverAsync(scene), RecoverAsync(scene));

        Assert.Equal(300, results.Sum(result => result.Retried.Count));
        Assert.Equal("300", await scene.Database.StringGetAsync(K.Failed));
    }

    [Theory, EachBackend]
    public async Task The_group_of_every_aggregation_set_is_named_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.AddToGroupAsync(Message("a", group: "user:1"), Ct);
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await scene.Broker.AggregationCheckAsync(Queue, "user:1", TimeSpan.FromMinutes(1), default, 0, Ct));
        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));

        await RecoverAsync(scene);

        Assert.Equal(["user:1"], await scene.Broker.ListGroupsAsync(Queue, Ct));
    }

    private static Task<RecoveryResult> RecoverAsync(Scene scene) =>
        scene.Broker.RecoverAsync(Queue, scene.Broker.Now - Lease, _ => Delay, Ct);
}

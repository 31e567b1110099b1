using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Whoever makes pending non-empty says so, once.</summary>
public sealed class WakeTests
{
    [Theory, EachBackend]
    public async Task Only_a_push_to_an_empty_queue_wakes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await using var ear = await Ear.OpenAsync(scene);

        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        Assert.Equal(1, await ear.CountAsync());

        await scene.Broker.EnqueueAsync(Message("b"), Ct);
        await scene.Broker.ScheduleAsync(Message("c"), Start.AddSeconds(5), Ct);
        await scene.Broker.AddToGroupAsync(Message("d", group: "g"), Ct);
        Assert.Equal(0, await ear.CountAsync());
    }

    [Theory, EachBackend]
    public async Task A_batch_wakes_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await using var ear = await Ear.OpenAsync(scene);

        await scene.Broker.EnqueueManyAsync([EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("b"))], Ct);

        Assert.Equal(1, await ear.CountAsync());
    }

    [Theory, EachBackend]
    public async Task A_refused_task_wakes_nobody(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.EnqueueAndFetchAsync(Message("a"));
        await using var ear = await Ear.OpenAsync(scene);

        Assert.Equal(EnqueueOutcome.IdConflict, await scene.Broker.EnqueueAsync(Message("a"), Ct));

        Assert.Equal(0, await ear.CountAsync());
    }

    [Theory, EachBackend]
    public async Task Forwarding_and_requeueing_wake(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a"), Start, Ct);
        await using var ear = await Ear.OpenAsync(scene);

        await scene.Broker.ForwardAsync(Queue, Ct);
        Assert.Equal(1, await ear.CountAsync());

        await scene.Broker.RequeueAsync(await scene.FetchAsync(), Ct);
        Assert.Equal(1, await ear.CountAsync());
    }

    [Theory, EachBackend]
    public async Task Aggregating_and_releasing_wake(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.AddToGroupAsync(Message("a", group: "g"), Ct);
        await scene.Broker.AddToGroupAsync(Message("b", group: "g"), Ct);
        var first = await scene.Broker.AggregationCheckAsync(Queue, "g", TimeSpan.FromMinutes(1), default, 1, Ct);
        var second = await scene.Broker.AggregationCheckAsync(Queue, "g", TimeSpan.FromMinutes(1), default, 1, Ct);
        await using var ear = await Ear.OpenAsync(scene);

        await scene.Broker.AggregateAsync(Queue, "g", first!, EnqueueItem.Pending(Message("batch")), Ct);
        Assert.Equal(1, await ear.CountAsync());

        await scene.FetchAsync();
        await scene.Broker.ReleaseMembersAsync(Queue, "g", second!, ["b"], Ct);
        Assert.Equal(1, await ear.CountAsync());
    }

    [Fact]
    public async Task A_user_without_the_right_to_publish_is_told_of_no_failure()
    {
        await using var scene = await Scene.OpenAsync(Backend.Redis);
        await scene.Database.ExecuteAsync(
            "ACL", "SETUSER", "mute", "on", ">secret", "~asynq:*", "resetchannels", "+@all");
        await using var connection = await RedisConnection.ConnectAsync(
            scene.ConnectionString + ",user=mute,password=secret", Ct);
        var broker = new Redis.Broker(connection, scene.Time);

        Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(Message("a"), Ct));

        await scene.Database.ExecuteAsync("ACL", "DELUSER", "mute");
        Assert.Equal(["a"], await scene.ListAsync(K.Pending));
    }
}

using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What a fetch has leased whose answers were missed, for somebody who fetches no more.</summary>
public sealed class ReclaimTests
{
    [Theory, EachBackend]
    public async Task It_is_given_oldest_first_leased_anew_and_nothing_beside_it(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await MissAnswersAsync(place, "a", "b", "c");
        await place.Scene.Broker.EnqueueAsync(Message("later"), Ct);
        place.Scene.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([Queue], place.Broker.UnansweredQueues);

        var tasks = await place.Broker.ReclaimAsync(Queue, Lease, Ct);

        Assert.Equal(["a", "b", "c"], tasks.Select(static task => task.Id));
        Assert.All(tasks, static task => Assert.Equal(Start.AddSeconds(10) + Lease, task.LeaseExpiry));
        Assert.Equal(["later"], await place.Scene.ListAsync(K.Pending));
        Assert.Empty(place.Broker.UnansweredQueues);
        Assert.Empty(await place.Broker.ReclaimAsync(Queue, Lease, Ct));
        Assert.All(
            await place.Broker.RequeueAsync(tasks, Ct), static outcome => Assert.Equal(LeaseOutcome.Written, outcome));
        Assert.Equal(["later", "c", "b", "a"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task It_can_be_asked_for_again_where_it_is_not_answered_either(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await MissAnswersAsync(place, "a");
        place.Proxy.CutReplies(2);
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.ReclaimAsync(Queue, Lease, Ct));
        Assert.Equal([Queue], place.Broker.UnansweredQueues);

        Assert.Equal(["a"], (await place.Broker.ReclaimAsync(Queue, Lease, Ct)).Select(static task => task.Id));
    }

    [Theory, EachBackend]
    public async Task What_has_left_the_owner_meanwhile_is_not_given_and_nothing_pending_in_its_place(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await MissAnswersAsync(place, "a");
        await place.Scene.Database.HashSetAsync(K.Task("a"), [new("owner", "another")]);
        await place.Scene.Broker.EnqueueAsync(Message("later"), Ct);

        Assert.Empty(await place.Broker.ReclaimAsync(Queue, Lease, Ct));

        Assert.Equal(["later"], await place.Scene.ListAsync(K.Pending));
        Assert.Empty(place.Broker.UnansweredQueues);
    }

    private static async Task MissAnswersAsync(Place place, params string[] ids)
    {
        foreach (var id in ids)
        {
            await place.Scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        place.Proxy.CutReplies(2);
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DequeueAsync(Queue, ids.Length, Lease, Ct));
    }
}

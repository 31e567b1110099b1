using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>
/// A fetch that reaches Redis only after its repetition was served leases nothing: nobody would know of it, so that the task
/// would wait for its lease to end and lose an attempt.
/// </summary>
public sealed class LateFetchTests
{
    [Theory, EachBackend]
    public async Task It_leases_nothing_once_its_repetition_was_served(Backend backend)
    {
        await using var place = await StallAsync(backend, 1, "a", "b");
        var fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        Assert.Equal(["a"], fetched.Tasks.Select(static task => task.Id));

        await place.Proxy.DeliverAsync();

        Assert.Equal(LeaseOutcome.Written, await place.Broker.DoneAsync(fetched.Tasks[0], Ct));
        await AssertFreeAsync(place, "b");
    }

    [Theory, EachBackend]
    public async Task It_leases_nothing_once_a_later_fetch_was_served_in_its_place(Backend backend)
    {
        await using var place = await StallAsync(backend, 2, "a", "b");
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DequeueAsync(Queue, 1, Lease, Ct));
        place.Scene.Time.Advance(TimeSpan.FromSeconds(5));
        var fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        Assert.Equal(["a"], fetched.Tasks.Select(static task => task.Id));
        Assert.Equal(LeaseOutcome.Written, await place.Broker.DoneAsync(fetched.Tasks[0], Ct));

        // The call, and its own repetition: neither finds anything of its owner's.
        await place.Proxy.DeliverAsync();
        await place.Proxy.DeliverAsync();

        await AssertFreeAsync(place, "b");
    }

    [Theory, EachBackend]
    public async Task It_leases_nothing_once_somebody_who_fetches_no_more_was_told_what_it_had_leased(Backend backend)
    {
        await using var place = await StallAsync(backend, 2, "a");
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DequeueAsync(Queue, 1, Lease, Ct));
        Assert.Empty(await place.Broker.ReclaimAsync(Queue, Lease, Ct));

        await place.Proxy.DeliverAsync();
        await place.Proxy.DeliverAsync();

        await AssertFreeAsync(place, "a");
    }

    [Theory, EachBackend]
    public async Task Those_of_others_and_those_that_follow_are_served_as_ever(Backend backend)
    {
        await using var place = await StallAsync(backend, 1, "a", "b", "c");
        await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);

        var others = await place.Scene.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        var next = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);

        Assert.Equal(["b"], others.Tasks.Select(static task => task.Id));
        Assert.Equal(["c"], next.Tasks.Select(static task => task.Id));
    }

    [Theory, EachBackend]
    public async Task One_whose_caller_still_waits_though_another_of_its_own_was_repeated_asks_again(Backend backend)
    {
        await using var place = await StallAsync(backend, 1, "a", "b", "c", "d");
        await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        await OvertakeAsync(place);

        var fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        Assert.Equal(["b"], fetched.Tasks.Select(static task => task.Id));

        // The same for a repetition: what the call has leased is not forgotten over it.
        await OvertakeAsync(place);
        place.Proxy.Withholding = false;
        place.Proxy.CutReplies(1);
        fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        Assert.Equal(["c"], fetched.Tasks.Select(static task => task.Id));
        Assert.Equal(["d"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task What_bars_it_expires(Backend backend)
    {
        await using var place = await StallAsync(backend, 1, "a");
        await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);

        var mark = MarkOf(place);
        Assert.InRange((await place.Scene.Database.KeyTimeToLiveAsync(mark))!.Value.TotalMinutes, 1, 60);
    }

    /// <summary>As if three more calls of the place's broker had been sent, and the last of them repeated.</summary>
    private static async Task OvertakeAsync(Place place) => await place.Scene.Database.StringIncrementAsync(MarkOf(place), 3);

    private static RedisKey MarkOf(Place place) => Assert.Single(
        place.Scene.Multiplexer.GetServers()[0].Keys(place.Scene.Database.Database, "asynq:{q}:x:fetches:*"));

    /// <summary>A place with tasks, whose next fetches do not reach Redis until they are delivered.</summary>
    private static async Task<Place> StallAsync(Backend backend, int calls, params string[] ids)
    {
        var place = await Place.OpenAsync(backend);
        foreach (var id in ids)
        {
            await place.Scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        place.Proxy.Withholding = true;
        place.Proxy.CutReplies(calls);
        return place;
    }

    private static async Task AssertFreeAsync(Place place, string id)
    {
        Assert.Equal([id], await place.Scene.ListAsync(K.Pending));
        Assert.False(await place.Scene.Database.KeyExistsAsync(K.Active));
    }
}

using System.Text;
using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Ids that are no text: whoever wrote them, they are archived, and nothing goes round in circles.</summary>
public sealed class OddIdTests
{
    [Theory, EachBackend]
    public async Task A_pending_id_that_is_not_UTF_8_is_archived(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var id = await PlaceAsync(scene, 1);
        await scene.Database.ListLeftPushAsync(K.Pending, id);
        await scene.Broker.EnqueueAsync(Message("good"), Ct);

        var fetched = await scene.Broker.DequeueAsync(Queue, 10, Lease, Ct);

        Assert.Equal("good", Assert.Single(fetched.Tasks).Id);
        Assert.Single(fetched.Quarantined);
        await AssertArchivedAsync(scene, id);
        Assert.Equal(["good"], await scene.ListAsync(K.Active));
    }

    [Theory, EachBackend]
    public async Task More_of_them_than_a_page_are_recovered(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var ids = new List<byte[]>();
        for (var number = 0; number < 150; number++)
        {
            var id = await PlaceAsync(scene, number);
            await scene.Database.ListLeftPushAsync(K.Active, id);
            await scene.Database.SortedSetAddAsync(K.Lease, id, Start.ToUnixTimeSeconds());
            ids.Add(id);
        }

        scene.Time.Advance(TimeSpan.FromSeconds(61));

        var result = await scene.Broker.RecoverAsync(Queue, scene.Broker.Now - Lease, _ => TimeSpan.Zero, Ct);

        Assert.Equal(150, result.Quarantined.Count);
        await AssertArchivedAsync(scene, ids[0]);
        await AssertArchivedAsync(scene, ids[^1]);
        Assert.False(await scene.Database.KeyExistsAsync(K.Lease));
    }

    [Theory, EachBackend]
    public async Task One_in_an_aggregation_set_is_archived(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var id = await PlaceAsync(scene, 1);
        await scene.Broker.AddToGroupAsync(Message("good", group: "g"), Ct);
        await scene.Database.SortedSetAddAsync(K.Group("g"), id, Start.ToUnixTimeSeconds());
        await scene.Database.HashSetAsync(KeyOf(id), "state", "aggregating");
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        var setId = (await scene.Broker.AggregationCheckAsync(Queue, "g", TimeSpan.FromMinutes(1), default, 0, Ct))!;

        var set = await scene.Broker.ReadAggregationSetAsync(Queue, "g", setId, Ct);

        Assert.Equal("good", Assert.Single(set!.Tasks).Id);
        Assert.Single(set.Quarantined);
        await AssertArchivedAsync(scene, id);
        Assert.Equal(1, await scene.Database.SortedSetLengthAsync(K.AggregationSet("g", setId)));
    }

    private static async Task<byte[]> PlaceAsync(Scene scene, int number)
    {
        byte[] id = [.. Encoding.UTF8.GetBytes($"a{number}"), 0xff];
        await scene.Database.HashSetAsync(
            KeyOf(id), [new("msg", Message("a").ToByteArray()), new("state", "pending")]);
        return id;
    }

    private static RedisKey KeyOf(byte[] id) => (byte[])[.. (byte[])K.Task("")!, .. id];

    private static async Task AssertArchivedAsync(Scene scene, byte[] id)
    {
        Assert.NotNull(await scene.Database.SortedSetScoreAsync(K.Archived, id));
        Assert.Equal("archived", await scene.Database.HashGetAsync(KeyOf(id), "state"));
        Assert.NotEqual(RedisValue.Null, await scene.Database.HashGetAsync(KeyOf(id), "reason"));
        Assert.Null(await scene.Database.SortedSetScoreAsync(K.Lease, id));
    }
}

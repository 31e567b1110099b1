using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>The archive keeps exactly its limit, and what leaves it is gone whole.</summary>
public sealed class ArchiveTests
{
    [Theory, EachBackend]
    public async Task The_oldest_leave_with_their_hashes_and_locks(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var broker = scene.NewBroker(archiveLimit: 3);
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
        {
            await broker.EnqueueUniqueAsync(Message(id, unique: id), TimeSpan.FromHours(1), Ct);
            await broker.ArchiveAsync(await scene.FetchAsync(), "e", Ct);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["c", "d", "e"], await ArchivedAsync(scene));
        foreach (var id in new[] { "a", "b" })
        {
            Assert.False(await scene.Database.KeyExistsAsync(K.Task(id)));
            Assert.False(await scene.Database.KeyExistsAsync(Message(id, unique: id).UniqueKey));
        }

        Assert.True(await scene.Database.KeyExistsAsync(Message("c", unique: "c").UniqueKey));
    }

    [Theory, EachBackend]
    public async Task Tasks_that_died_long_ago_leave(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ArchiveAsync(await scene.EnqueueAndFetchAsync(Message("old")), "e", Ct);
        scene.Time.Advance(TimeSpan.FromDays(45));
        await scene.Broker.ArchiveAsync(await scene.EnqueueAndFetchAsync(Message("young")), "e", Ct);
        scene.Time.Advance(TimeSpan.FromDays(45));

        await scene.Broker.ArchiveAsync(await scene.EnqueueAndFetchAsync(Message("new")), "e", Ct);

        Assert.Equal(["young", "new"], await ArchivedAsync(scene));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("old")));
    }

    [Theory, EachBackend]
    public async Task Ten_thousand_are_kept_exactly_and_an_excess_of_thousands_goes_at_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var died = Start.AddDays(-1).ToUnixTimeSeconds();
        await scene.Database.SortedSetAddAsync(
            K.Archived, [.. Enumerable.Range(0, 19_000).Select(i => new SortedSetEntry($"{i:00000}", died))]);

        await scene.Broker.ArchiveAsync(await scene.EnqueueAndFetchAsync(Message("new")), "e", Ct);

        var left = await ArchivedAsync(scene);
        Assert.Equal(10_000, left.Length);
        Assert.Equal("09001", left[0]);
        Assert.Equal("new", left[^1]);
    }

    [Theory, EachBackend]
    public async Task An_id_in_the_archive_whose_task_lives_elsewhere_loses_its_place_only(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var broker = scene.NewBroker(archiveLimit: 1);
        var task = await scene.EnqueueAndFetchAsync(Message("b"));
        await scene.Broker.EnqueueAsync(Message("alive"), Ct);
        await scene.Database.SortedSetAddAsync(K.Archived, "alive", Start.AddDays(-1).ToUnixTimeSeconds());

        await broker.ArchiveAsync(task, "e", Ct);

        Assert.Equal(["b"], await ArchivedAsync(scene));
        Assert.Equal("alive", (await scene.FetchAsync()).Id);
    }

    private static async Task<string[]> ArchivedAsync(Scene scene) =>
        [.. (await scene.Database.SortedSetRangeByRankAsync(K.Archived)).Select(value => value.ToString())];
}

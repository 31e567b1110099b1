using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>The tokens of counting semaphores: asynq's form, and whose a token is.</summary>
public sealed class SemaphoreTests
{
    private const string Scope = "payments";
    private const string Key = "asynq:sema:payments";
    private static readonly DateTimeOffset Deadline = Start.AddMinutes(30);

    [Theory, EachBackend]
    public async Task There_are_as_many_tokens_as_were_asked_for_and_each_can_be_taken_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = await AcquireAsync(scene, "a", 2);
        Assert.NotNull(first);
        Assert.NotNull(await AcquireAsync(scene, "b", 2));
        Assert.Null(await AcquireAsync(scene, "c", 2));

        Assert.True(await ReleaseAsync(scene, "a", first.Value));
        Assert.NotNull(await AcquireAsync(scene, "c", 2));
        Assert.Null(await AcquireAsync(scene, "a", 2));
    }

    [Theory, EachBackend]
    public async Task Stored_is_the_task_id_by_its_deadline_in_whole_seconds(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.AcquireTokenAsync(Scope, 1, "a", Deadline.AddMilliseconds(900), Ct);

        Assert.Equal($"{Key} = a@{Deadline.ToUnixTimeSeconds()}", await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_token_is_free_again_in_the_second_after_its_deadline(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.NotNull(await AcquireAsync(scene, "crashed", 1));

        scene.Time.Advance(Deadline - Start);
        Assert.Null(await AcquireAsync(scene, "b", 1));
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await scene.Broker.AcquireTokenAsync(Scope, 1, "b", Deadline.AddHours(1), Ct));
        Assert.Equal(["b"], await MembersAsync(scene));
    }

    [Theory, EachBackend]
    public async Task The_holder_takes_its_token_over_even_where_none_is_free(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.NotNull(await AcquireAsync(scene, "a", 2));
        Assert.NotNull(await AcquireAsync(scene, "b", 2));

        var later = Deadline.AddMinutes(5);
        Assert.Equal(later.ToUnixTimeSeconds(), await scene.Broker.AcquireTokenAsync(Scope, 1, "a", later, Ct));
        Assert.Equal(later.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(Key, "a"));
        Assert.Equal(2, await scene.Database.SortedSetLengthAsync(Key));
    }

    [Theory, EachBackend]
    public async Task An_attempt_that_lost_its_task_does_not_give_back_the_token_of_the_next(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var lost = await AcquireAsync(scene, "a", 1);
        var current = await AcquireAsync(scene, "a", 1);

        Assert.NotEqual(lost, current);
        Assert.False(await ReleaseAsync(scene, "a", lost!.Value));
        Assert.Null(await AcquireAsync(scene, "b", 1));
        Assert.True(await ReleaseAsync(scene, "a", current!.Value));
        Assert.NotNull(await AcquireAsync(scene, "b", 1));
    }

    [Theory, EachBackend]
    public async Task A_Go_peer_and_this_library_count_the_same_tokens(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.True(await GoAcquireAsync(scene, "go", 2));
        var ours = await AcquireAsync(scene, "ours", 2);
        Assert.NotNull(ours);
        Assert.Null(await AcquireAsync(scene, "third", 2));
        Assert.False(await GoAcquireAsync(scene, "third", 2));

        // Go removes its member whatever the score is, and so may a Go attempt that takes up a task after one of ours.
        Assert.True(await scene.Database.SortedSetRemoveAsync(Key, "ours"));
        Assert.False(await ReleaseAsync(scene, "ours", ours.Value));
        Assert.NotNull(await AcquireAsync(scene, "third", 2));

        // What Go's crashed worker held is free after its deadline, and the other way round.
        scene.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await GoAcquireAsync(scene, "a", 1));
        Assert.Equal(["a"], await MembersAsync(scene));
    }

    [Theory, EachBackend]
    public async Task Many_at_once_get_no_more_tokens_than_there_are(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await using var other = await RedisConnection.ConnectAsync(scene.ConnectionString, Ct);
        Redis.Broker[] brokers = [scene.Broker, new(other, scene.Time)];

        var taken = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(i => brokers[i % 2].AcquireTokenAsync(Scope, 7, $"{i}", Deadline, Ct)));

        Assert.Equal(7, taken.Count(token => token is not null));
        Assert.Equal(7, await scene.Database.SortedSetLengthAsync(Key));
    }

    [Theory, EachBackend]
    public async Task A_key_of_another_type_is_left_alone_and_named(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(Key, "mine");

        var acquiring = await Assert.ThrowsAsync<InvalidOperationException>(() => AcquireAsync(scene, "a", 1));
        var releasing = await Assert.ThrowsAsync<InvalidOperationException>(() => ReleaseAsync(scene, "a", 1));

        Assert.Contains(Key, acquiring.Message, StringComparison.Ordinal);
        Assert.Contains(Key, releasing.Message, StringComparison.Ordinal);
        Assert.Equal($"{Key} = mine", await scene.DumpAsync());
    }

    [Fact]
    public async Task In_a_cluster_each_scope_has_a_slot_of_its_own()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        await using var connection = await RedisConnection.ConnectAsync(cluster.ConnectionString, Ct);
        var broker = new Redis.Broker(connection, TimeProvider.System);
        var nodes = new HashSet<int>();
        foreach (var scope in (string[])["mail", "pay{ments}", "größe", "a", "b", "c"])
        {
            nodes.Add(cluster.FirstOwnerOf(await cluster.SlotOfAsync(Keys.Semaphore(scope))).Port);
            var token = await broker.AcquireTokenAsync(scope, 1, "a", broker.Now.AddHours(1), Ct);
            Assert.Null(await broker.AcquireTokenAsync(scope, 1, "b", broker.Now.AddHours(1), Ct));
            Assert.True(await broker.ReleaseTokenAsync(scope, "a", token!.Value, Ct));
        }

        Assert.True(nodes.Count > 1);
    }

    private static Task<long?> AcquireAsync(Scene scene, string id, int max) =>
        scene.Broker.AcquireTokenAsync(Scope, max, id, Deadline, Ct);

    private static Task<bool> ReleaseAsync(Scene scene, string id, long token) =>
        scene.Broker.ReleaseTokenAsync(Scope, id, token, Ct);

    private static async Task<string[]> MembersAsync(Scene scene) =>
        [.. (await scene.Database.SortedSetRangeByRankAsync(Key)).Select(member => member.ToString())];

    /// <summary>What Go's semaphore does: it forgets what is past, then adds its id if there is room.</summary>
    private static async Task<bool> GoAcquireAsync(Scene scene, string id, int max)
    {
        var now = scene.Time.GetUtcNow().ToUnixTimeSeconds();
        await scene.Database.SortedSetRemoveRangeByScoreAsync(Key, double.NegativeInfinity, now - 1);
        return await scene.Database.SortedSetLengthAsync(Key) < max
            && await scene.Database.SortedSetAddAsync(Key, id, now + 1_800);
    }
}

using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What a fetch brings, and what it does with what cannot be run.</summary>
public sealed class FetchTests
{
    [Theory, EachBackend]
    public async Task A_fetch_brings_as_many_as_asked_for_oldest_first(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        var fetched = await scene.Broker.DequeueAsync(Queue, 2, Lease, Ct);

        Assert.Equal(["a", "b"], fetched.Tasks.Select(task => task.Id));
        Assert.All(fetched.Tasks, task => Assert.Equal(Start + Lease, task.LeaseExpiry));
        Assert.Equal(["c"], await scene.ListAsync(K.Pending));
        Assert.Equal(["b", "a"], await scene.ListAsync(K.Active));
    }

    [Theory, EachBackend]
    public async Task Nothing_comes_of_an_empty_or_paused_queue_or_of_no_free_slot(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Empty((await scene.Broker.DequeueAsync(Queue, 5, Lease, Ct)).Tasks);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        Assert.Empty((await scene.Broker.DequeueAsync(Queue, 0, Lease, Ct)).Tasks);
        await scene.Database.StringSetAsync(K.Paused, "1");
        Assert.Empty((await scene.Broker.DequeueAsync(Queue, 5, Lease, Ct)).Tasks);

        await scene.Database.KeyDeleteAsync(K.Paused);
        Assert.Single((await scene.Broker.DequeueAsync(Queue, 5, Lease, Ct)).Tasks);
    }

    [Theory, EachBackend]
    public async Task A_fetch_that_finds_nothing_tells_what_else_is_in_the_queue(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Equal(new QueueLook(null, null, HasGroups: false), await LookAsync(scene));

        await scene.Broker.ScheduleAsync(Message("later"), Start.AddSeconds(9), Ct);
        await scene.Broker.ScheduleAsync(Message("sooner"), Start.AddSeconds(5).AddMilliseconds(700), Ct);
        await scene.Database.SortedSetAddAsync(K.Completed, "a", 1_900_000_000.5);
        await scene.Database.SortedSetAddAsync(K.Completed, "b", 1_900_000_001);
        var look = new QueueLook(Start.AddSeconds(5), DateTimeOffset.FromUnixTimeSeconds(1_900_000_000), HasGroups: false);
        Assert.Equal(look, await LookAsync(scene));

        await scene.Database.SortedSetAddAsync(K.Retry, "r", Start.AddSeconds(3).ToUnixTimeSeconds());
        await scene.Database.SetAddAsync(K.Groups, "g");
        await scene.Database.StringSetAsync(K.Paused, "1");
        look = look with { NextDue = Start.AddSeconds(3), HasGroups = true };
        Assert.Equal(look, await LookAsync(scene));

        await scene.Database.KeyDeleteAsync(K.Groups);
        await scene.Database.SortedSetAddAsync(K.AggregationSets, "set", 1);
        Assert.Equal(look, await LookAsync(scene));
    }

    [Theory, EachBackend]
    public async Task Nobody_is_told_what_else_is_there_who_gets_a_task_or_does_not_ask(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Null((await scene.Broker.DequeueAsync(Queue, 5, Lease, Ct)).Look);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);

        Assert.Null(await LookAsync(scene));
    }

    [Theory, EachBackend]
    public async Task A_key_of_the_wrong_type_looks_as_if_something_were_due(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var key in (RedisKey[])[K.Scheduled, K.Completed, K.AggregationSets])
        {
            await scene.Database.StringSetAsync(key, "no sorted set");
        }

        Assert.Equal(
            new QueueLook(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, HasGroups: true), await LookAsync(scene));
    }

    [Theory, EachBackend]
    public async Task Whatever_stands_in_pending_since_the_tasks_come(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        string[] since = ["1893553445123456700", "", "7\n1 1 1\n", "soon", "99999999999999999999"];
        foreach (var (text, i) in since.Select((text, i) => (text, i)))
        {
            await scene.Broker.EnqueueAsync(Message($"{i}\n"), Ct);
            await scene.Database.HashSetAsync(K.Task($"{i}\n"), "pending_since", text);
        }

        var tasks = (await scene.Broker.DequeueAsync(Queue, 9, Lease, Ct)).Tasks;

        Assert.Equal(["0\n", "1\n", "2\n", "3\n", "4\n"], tasks.Select(task => task.Id));
        Assert.Equal(
            [DateTimeOffset.UnixEpoch.AddTicks(18_935_534_451_234_567), null, null, null, null],
            tasks.Select(task => task.PendingSince));
    }

    private static async Task<QueueLook?> LookAsync(Scene scene) =>
        (await scene.Broker.DequeueAsync(Queue, 5, Lease, look: true, Ct)).Look;

    [Theory, EachBackend]
    public async Task A_batch_ends_before_a_mebibyte_but_one_task_always_comes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var (id, size) in new[] { ("small", 10), ("half", 600_000), ("half-2", 600_000), ("huge", 3_000_000) })
        {
            var message = Message(id);
            message.Payload = ByteString.CopyFrom(new byte[size]);
            await scene.Broker.EnqueueAsync(message, Ct);
        }

        var batches = new List<string>();
        while ((await scene.Broker.DequeueAsync(Queue, 10, Lease, Ct)).Tasks is { Count: > 0 } tasks)
        {
            batches.Add(string.Join('+', tasks.Select(task => task.Id)));
        }

        Assert.Equal(["small+half", "half-2", "huge"], batches);
    }

    [Theory, EachBackend]
    public async Task An_id_whose_hash_is_gone_is_dropped_and_no_hash_is_made(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.ListLeftPushAsync(K.Pending, [.. Enumerable.Range(0, 500).Select(i => (RedisValue)$"gone-{i}")]);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);

        var fetched = await scene.Broker.DequeueAsync(Queue, 3, Lease, Ct);

        Assert.Equal("a", Assert.Single(fetched.Tasks).Id);
        Assert.Equal(500, fetched.Dropped);
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("gone-0")));
        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task An_id_that_is_mentioned_twice_runs_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Database.ListLeftPushAsync(K.Pending, "a");

        var fetched = await scene.Broker.DequeueAsync(Queue, 3, Lease, Ct);

        Assert.Single(fetched.Tasks);
        Assert.Equal(1, fetched.Dropped);
    }

    [Theory, EachBackend]
    public async Task What_cannot_be_read_is_quarantined_and_the_rest_is_fetched(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "broken", "no-message", "wrong-type", "stranger", "good" })
        {
            await scene.Broker.EnqueueUniqueAsync(Message(id, unique: id), TimeSpan.FromHours(1), Ct);
        }

        await scene.Database.HashSetAsync(K.Task("broken"), "msg", new byte[] { 0xff, 0xff });
        await scene.Database.HashDeleteAsync(K.Task("no-message"), "msg");
        await scene.Database.KeyDeleteAsync(K.Task("wrong-type"));
        await scene.Database.ListLeftPushAsync(K.Task("wrong-type"), "not a hash");
        await scene.Database.HashSetAsync(K.Task("stranger"), "msg", Message("stranger", queue: "other").ToByteArray());

        var fetched = await scene.Broker.DequeueAsync(Queue, 10, Lease, Ct);

        Assert.Equal(["good"], fetched.Tasks.Select(task => task.Id));
        Assert.Equal(["broken", "no-message", "stranger", "wrong-type"], fetched.Quarantined.Order());
        Assert.Equal(["good"], await scene.ListAsync(K.Active));
        Assert.Equal(4, await scene.Database.SortedSetLengthAsync(K.Archived));
        Assert.Equal("4", await scene.Database.StringGetAsync(K.FailedOn(Start)));
        Assert.Equal("archived", await scene.FieldAsync("broken", "state"));
        Assert.Equal((byte[])[0xff, 0xff], (byte[]?)await scene.Database.HashGetAsync(K.Task("broken"), "msg"));
        Assert.Contains("'stranger' in queue 'other'", await scene.FieldAsync("stranger", "reason"), StringComparison.Ordinal);
        Assert.Null(await scene.FieldAsync("broken", "owner"));
        Assert.False(await scene.Database.KeyExistsAsync(Message("x", unique: "broken").UniqueKey));
        Assert.False(await scene.Database.KeyExistsAsync(Message("x", unique: "no-message").UniqueKey));
        Assert.True(await scene.Database.KeyExistsAsync(Message("x", unique: "good").UniqueKey));
    }

    [Theory, EachBackend]
    public async Task Tasks_that_cannot_be_read_do_not_make_the_queue_look_empty(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "broken-1", "broken-2", "good", "rest" })
        {
            await scene.Broker.EnqueueAsync(Message(id), Ct);
            await scene.Database.HashSetAsync(
                K.Task(id), "msg", id.StartsWith("broken", StringComparison.Ordinal) ? [0xff] : Message(id).ToByteArray());
        }

        var fetched = await scene.Broker.DequeueAsync(Queue, 1, Lease, Ct);

        Assert.Equal("good", Assert.Single(fetched.Tasks).Id);
        Assert.Equal(["broken-1", "broken-2"], fetched.Quarantined);
    }

    [Theory, EachBackend]
    public async Task A_queue_key_of_the_wrong_type_is_named_and_nothing_is_written(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Database.StringSetAsync(K.Lease, "not a sorted set");
        var before = await scene.DumpAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Broker.DequeueAsync(Queue, 1, Lease, Ct));

        Assert.Contains("'asynq:{q}:lease' holds another type", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task Concurrent_fetches_share_the_tasks(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueManyAsync(
            [.. Enumerable.Range(0, 200).Select(i => EnqueueItem.Pending(Message($"{i}")))], Ct);

        var fetches = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => scene.Broker.DequeueAsync(Queue, 7, Lease, Ct)));

        var ids = fetches.SelectMany(fetch => fetch.Tasks).Select(task => task.Id).ToList();
        Assert.Equal(200, ids.Count);
        Assert.Equal(200, ids.Distinct().Count());
    }

    [Theory, EachBackend]
    public async Task A_cancelled_token_fetches_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => scene.Broker.DequeueAsync(Queue, 1, Lease, new CancellationToken(canceled: true)));

        Assert.Equal(["a"], await scene.ListAsync(K.Pending));
    }
}

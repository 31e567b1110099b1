using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>
/// An idle server's loops rely on what the poll sees, and miss nothing: neither what others write behind its back, nor what falls
/// due while it does not poll.
/// </summary>
public sealed class IdleLoopTests
{
    private const string Group = "user:1";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);
    private static readonly QueueKeys K = Keys.Of("default");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_poll_has_seen_is_not_asked_for_again()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask, static options =>
        {
            options.DelayedTaskCheckInterval = Soon;
            options.JanitorInterval = Soon;
        });
        await StartIdleAsync(server);
        var (forwarded, tidied) = (server.CallsOf("forward.lua"), server.CallsOf("delete-expired.lua"));

        var until = server.Time.GetUtcNow() + (4 * Soon);
        await Clock.TurnUntilAsync(server.Time, Step, () => server.Time.GetUtcNow() > until);

        Assert.Equal(forwarded, server.CallsOf("forward.lua"));
        Assert.Equal(tidied, server.CallsOf("delete-expired.lua"));
    }

    [Theory, EachBackend]
    public async Task A_task_that_a_Go_client_schedules_runs_when_it_is_due(Backend backend)
    {
        var ran = new TaskCompletionSource<DateTimeOffset>();
        RuntimeFixture? fixture = null;
        await using var server = fixture = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                ran.TrySetResult(fixture!.Time.GetUtcNow());
                return Task.CompletedTask;
            },
            static options => options.DelayedTaskCheckInterval = Never,
            backend);
        await StartIdleAsync(server);

        // To the second, as Go has it.
        var due = DateTimeOffset.FromUnixTimeSeconds((server.Time.GetUtcNow() + Soon).ToUnixTimeSeconds());
        await PlaceAsync(server, "scheduled", K.Scheduled, due);

        await Clock.TurnUntilAsync(server.Time, Step, () => ran.Task.IsCompleted);

        Assert.InRange(await ran.Task, due, due + TimeSpan.FromMinutes(1));
    }

    [Theory, EachBackend]
    public async Task A_paused_queue_is_looked_after(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => Task.CompletedTask,
            static options => (options.DelayedTaskCheckInterval, options.JanitorInterval) = (Never, Soon),
            backend);
        await server.Database.Database.StringSetAsync(K.Paused, "1");
        await StartIdleAsync(server);
        await PlaceAsync(server, "scheduled", K.Scheduled, server.Time.GetUtcNow() + Soon);
        await PlaceAsync(server, "retry", K.Retry, server.Time.GetUtcNow() + (2 * Soon));
        await PlaceAsync(server, "completed", K.Completed, server.Time.GetUtcNow() + Soon);

        await Clock.TurnUntilAsync(server.Time, Step, async () => await server.StateAsync("completed") is null);
        await Clock.TurnUntilAsync(server.Time, Step, async () => await server.StateAsync("scheduled") == TaskState.Pending);
        await Clock.TurnUntilAsync(server.Time, Step, async () => await server.StateAsync("retry") == TaskState.Pending);
    }

    [Theory, EachBackend]
    public async Task A_server_whose_slots_are_taken_looks_for_itself(Backend backend)
    {
        var running = 0;
        var release = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                Interlocked.Increment(ref running);
                return release.Task;
            },
            static options =>
            {
                options.Concurrency = 1;
                options.LeaseDuration = Never;
            },
            backend);
        await StartIdleAsync(server);
        var message = RuntimeFixture.Message("long");
        message.Timeout = 1_000_000;
        await server.Broker.EnqueueAsync(message, Token);
        await Clock.TurnUntilAsync(server.Time, Step, () => running == 1);
        var polls = server.CallsOf("dequeue.lua");
        await PlaceAsync(server, "scheduled", K.Scheduled, server.Time.GetUtcNow() + Soon);
        await PlaceAsync(server, "completed", K.Completed, server.Time.GetUtcNow() + Soon);

        await Clock.TurnUntilAsync(server.Time, Step, async () =>
            await server.StateAsync("scheduled") == TaskState.Pending && await server.StateAsync("completed") is null);

        Assert.Equal(polls, server.CallsOf("dequeue.lua"));
        release.SetResult();
    }

    [Theory]
    [InlineData(Backend.Embedded, true)]
    [InlineData(Backend.Redis, true)]
    [InlineData(Backend.Embedded, false)]
    public async Task A_group_that_a_Go_client_begins_is_aggregated(Backend backend, bool polls)
    {
        await using var server = await RuntimeFixture.OpenGroupsAsync(backend, options =>
        {
            options.GroupGracePeriod = Soon;
            options.TaskCheckInterval = polls ? TimeSpan.FromSeconds(1) : Never;
        });
        await StartIdleAsync(server);
        await PlaceAsync(server, "a", K.Group(Group), server.Time.GetUtcNow(), "aggregating");
        await server.Database.Database.SetAddAsync(K.Groups, Group);

        await Clock.TurnUntilAsync(server.Time, Step, () => !server.Groups.Digests.IsEmpty);

        Assert.Equal(["notes in default: a"], server.Groups.Digests);
    }

    [Theory]
    [InlineData(Backend.Embedded, true)]
    [InlineData(Backend.Redis, true)]
    [InlineData(Backend.Embedded, false)]
    public async Task A_set_that_nobody_finished_is_given_back(Backend backend, bool polls)
    {
        await using var server = await RuntimeFixture.OpenGroupsAsync(
            backend, options => options.TaskCheckInterval = polls ? TimeSpan.FromSeconds(1) : Never);
        await StartIdleAsync(server);
        var set = K.AggregationSet(Group, "0b5a");
        await PlaceAsync(server, "a", set, server.Time.GetUtcNow(), "aggregating");
        await server.Database.Database.SortedSetAddAsync(
            K.AggregationSets, (byte[])set!, (server.Time.GetUtcNow() + Soon).ToUnixTimeSeconds());

        await Clock.TurnUntilAsync(server.Time, Step, () => !server.Groups.Digests.IsEmpty);

        Assert.Equal(["notes in default: a"], server.Groups.Digests);
    }

    /// <summary>Starts the server and waits until a poll has told it that the queue is empty.</summary>
    private static async Task StartIdleAsync(RuntimeFixture server)
    {
        server.Runtime.Start();
        await Eventually.TrueAsync(
            () => server.CallsOf("dequeue.lua") > 0 && server.CallsOf("forward.lua") >= 2, "it has looked everywhere");
        var until = server.Time.GetUtcNow() + TimeSpan.FromSeconds(5);
        await Clock.TurnUntilAsync(server.Time, Step, () => server.Time.GetUtcNow() > until);
    }

    /// <summary>Writes a task as another client does, which tells nobody.</summary>
    private static async Task PlaceAsync(
        RuntimeFixture server, string id, RedisKey place, DateTimeOffset at, string? state = null)
    {
        var message = RuntimeFixture.Message(id);
        if (state is not null)
        {
            var payload = new System.Buffers.ArrayBufferWriter<byte>();
            Write(payload, new Note(id));
            message.Type = "test:note";
            message.Payload = ByteString.CopyFrom(payload.WrittenSpan);
            message.GroupKey = Group;
        }

        await server.Database.Database.SetAddAsync(Keys.Queues, "default");
        await server.Database.Database.HashSetAsync(
            K.Task(id),
            [
                new("msg", message.ToByteArray()),
                new("state", state ?? place.ToString().Split(':')[^1]),
                .. state is null ? (HashEntry[])[] : [new("group", Group)],
            ]);
        await server.Database.Database.SortedSetAddAsync(place, id, at.ToUnixTimeSeconds());
    }

    private static void Write<T>(System.Buffers.IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);
}

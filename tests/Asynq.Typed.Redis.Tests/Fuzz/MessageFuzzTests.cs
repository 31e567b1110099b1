using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Fuzz;

/// <summary>
/// Task messages that nobody of good will wrote, in every state: each is worked on or quarantined, none stops an operation,
/// and none is forgotten.
/// </summary>
public sealed class MessageFuzzTests
{
    private const int PerRound = 30;
    private const string Group = "g";

    [Theory, EachBackend]
    public async Task A_damaged_message_is_worked_on_or_quarantined(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var run = new FuzzRun();
        while (run.Next())
        {
            var ids = new List<string>();
            await scene.Database.SetAddAsync(Keys.Queues, Queue);
            for (var number = 0; number < PerRound; number++)
            {
                ids.Add(await PutAsync(scene, run, number));
            }

            try
            {
                await WorkAsync(scene);
                await RequireAllAccountedForAsync(scene, ids);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw run.Fault("A damaged message made an operation fail.", exception);
            }

            if (await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct) is var removal and not QueueRemoval.Removed)
            {
                throw run.Fault($"The queue cannot be removed: {removal}; active: {string.Join(' ', await scene.ListAsync(K.Active))}.");
            }
        }
    }

    [Theory]
    [InlineData(Backend.Redis, "52FFFFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Redis, "0AF4FFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Redis, "0AF5FFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Redis, "08FFFFFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Embedded, "52FFFFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Embedded, "0AF4FFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Embedded, "0AF5FFFFFFFFFFFFFFFF01")]
    [InlineData(Backend.Embedded, "08FFFFFFFFFFFFFFFFFFFFFFFF01")]
    public async Task A_message_with_a_length_beyond_all_numbers_stops_no_script(Backend backend, string message)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.SetAddAsync(Keys.Queues, Queue);
        await scene.Database.HashSetAsync(K.Task("a"), [new("msg", Convert.FromHexString(message)), new("state", "archived")]);
        await scene.Database.SortedSetAddAsync(K.Archived, "a", 1);

        Assert.Equal(QueueRemoval.Removed, await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct));
    }

    /// <summary>Puts a task with a damaged message where a whole one of its state would be.</summary>
    private static async Task<string> PutAsync(Scene scene, FuzzRun run, int number)
    {
        var id = $"{run.Rounds}-{number}";
        var whole = Message(id, unique: id, group: number % 2 == 0 ? Group : "", retention: number % 3 * 60);
        whole.Headers.Add("header", "value");
        RedisValue message = run.Random.Next(10) == 0 ? Noise(run) : run.Damage(whole.ToByteArray());
        var (state, place) = (number % 6) switch
        {
            0 => ("pending", K.Pending),
            1 => ("active", K.Lease),
            2 => ("scheduled", K.Scheduled),
            3 => ("retry", K.Retry),
            4 => ("archived", K.Archived),
            _ => ("aggregating", K.Group(Group)),
        };
        var db = scene.Database;
        await db.HashSetAsync(K.Task(id), [new("msg", message), new("state", state)]);
        if (state == "pending")
        {
            await db.ListLeftPushAsync(place, id);
            return id;
        }

        // Long ago: due, and its lease over.
        await db.SortedSetAddAsync(place, id, Start.AddHours(-1).ToUnixTimeSeconds());
        if (state == "active")
        {
            await db.ListLeftPushAsync(K.Active, id);
        }
        else if (state == "aggregating")
        {
            await db.HashSetAsync(K.Task(id), "group", Group);
            await db.SetAddAsync(K.Groups, Group);
        }

        return id;
    }

    private static byte[] Noise(FuzzRun run)
    {
        var bytes = new byte[run.Random.Next(200)];
        run.Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Every operation of a server and an inspector that reads messages.</summary>
    private static async Task WorkAsync(Scene scene)
    {
        var broker = scene.Broker;
        foreach (var state in Enum.GetValues<TaskState>())
        {
            await broker.ListTasksAsync(Queue, state, state == TaskState.Aggregating ? Group : null, 0, PerRound, Ct);
        }

        await broker.CurrentStatsAsync(Queue, Ct);
        await broker.RecoverAsync(Queue, broker.Now, _ => TimeSpan.Zero, Ct);
        await broker.ForwardAsync(Queue, Ct);
        if (await broker.AggregationCheckAsync(Queue, Group, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 1_000, Ct) is { } set)
        {
            var members = await broker.ReadAggregationSetAsync(Queue, Group, set, Ct);
            await broker.ReleaseMembersAsync(Queue, Group, set, [.. members!.Tasks.Select(task => task.Id)], Ct);
        }

        while ((await broker.DequeueAsync(Queue, PerRound, Lease, Ct)).Tasks is { Count: > 0 } tasks)
        {
            await broker.ExtendLeaseAsync(Queue, tasks, Lease, Ct);
            foreach (var task in tasks)
            {
                Assert.Equal(LeaseOutcome.Written, await broker.ArchiveAsync(task, "seen", Ct));
            }
        }
    }

    /// <summary>No id may be gone, and none may be left where it would be looked at for ever.</summary>
    private static async Task RequireAllAccountedForAsync(Scene scene, List<string> ids)
    {
        foreach (var id in ids)
        {
            if (await scene.Database.SortedSetScoreAsync(K.Archived, id) is null)
            {
                throw new InvalidOperationException(
                    $"Task {id} is not in the archive but {await scene.FieldAsync(id, "state") ?? "nowhere"}; "
                    + $"message {Convert.ToHexString((byte[]?)await scene.Database.HashGetAsync(K.Task(id), "msg") ?? [])}.");
            }
        }
    }
}

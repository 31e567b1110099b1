using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>A user's moves between the work of servers: no task is ever in two places, or in none.</summary>
public sealed class ContentionTests
{
    private const int Connections = 8;
    private const int Steps = 150;
    private const int Ids = 25;

    [Theory, EachBackend]
    public async Task Every_task_stays_in_the_one_place_that_its_state_names(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("first"), Ct);

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(seed => ActAsync(scene, seed)));

        for (var i = 0; i < Ids; i++)
        {
            var state = await scene.FieldAsync($"{i}", "state");
            Assert.Equal(state is null ? [] : [state], await scene.WhereAsync($"{i}"));
            var holder = (string?)await scene.Database.StringGetAsync(Places.LockOf($"{i}"));
            Assert.True(holder is null || state is not null, $"The lock of task {i}, which is gone, is held.");
        }
    }

    private static async Task ActAsync(Scene scene, int seed)
    {
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(scene.ConnectionString);
        var broker = new Redis.Broker(RedisConnection.Wrap(multiplexer), scene.Time);
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            var id = $"{random.Next(Ids)}";
            var message = Message(id, unique: id, retention: 60);
            var hour = TimeSpan.FromHours(1);
            await (random.Next(12) switch
            {
                0 or 1 => broker.EnqueueUniqueAsync(message, hour, Ct),
                2 => broker.ScheduleUniqueAsync(message, Start.AddHours(1), hour, Ct),
                3 => broker.AddToGroupUniqueAsync(Message(id, unique: id, group: Places.Group), hour, Ct),
                4 or 5 => FetchAndFinishAsync(broker, random.Next(4)),
                6 => broker.RunTaskAsync(Queue, id, Ct),
                7 => broker.ArchiveTaskAsync(Queue, id, Ct),
                8 => broker.DeleteTaskAsync(Queue, id, Ct),
                9 => broker.RunAllAsync(Queue, TaskState.Aggregating, Places.Group, Ct),
                10 => broker.ArchiveAllAsync(Queue, TaskState.Scheduled, null, Ct),
                _ => broker.RunAllAsync(Queue, TaskState.Archived, null, Ct),
            });
        }
    }

    private static async Task FetchAndFinishAsync(Redis.Broker broker, int how)
    {
        foreach (var task in (await broker.DequeueAsync(Queue, 2, Lease, Ct)).Tasks)
        {
            var outcome = how switch
            {
                0 => await broker.DoneAsync(task, Ct),
                1 => await broker.RetryAsync(task, Start.AddHours(1), "failed", true, Ct),
                2 => await broker.CompleteAsync(task, Ct),
                _ => await broker.RequeueAsync(task, Ct),
            };
            Assert.Equal(LeaseOutcome.Written, outcome);
        }
    }
}

using Asynq.Typed.Redis.Tests.Operations;
using Google.Protobuf;
using StackExchange.Redis;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>Puts tasks into every state, and says where they are.</summary>
internal static class Places
{
    internal const string Group = "g:1";

    /// <summary>Every state of which tasks can be moved.</summary>
    internal static readonly TaskState[] Movable =
    [
        TaskState.Pending, TaskState.Scheduled, TaskState.Retry, TaskState.Archived, TaskState.Completed,
        TaskState.Aggregating,
    ];

    /// <summary>A unique task (its id is its lock's name too) in the state asked for.</summary>
    internal static async Task PutAsync(this Scene scene, string id, TaskState state)
    {
        var hour = TimeSpan.FromHours(1);
        var message = Message(id, unique: id, group: state == TaskState.Aggregating ? Group : "", retention: 3600);
        switch (state)
        {
            case TaskState.Aggregating:
                await scene.Broker.AddToGroupUniqueAsync(message, hour, Ct);
                return;
            case TaskState.Scheduled:
                await scene.Broker.ScheduleUniqueAsync(message, scene.Broker.Now.AddMilliseconds(60_500), hour, Ct);
                return;
        }

        // From in front, so that what is pending already is not fetched in its place.
        await scene.Broker.EnqueueUniqueAsync(message, hour, Ct);
        if (state == TaskState.Pending)
        {
            return;
        }

        await scene.Database.ListRemoveAsync(K.Pending, id);
        await scene.Database.ListRightPushAsync(K.Pending, id);
        var task = await scene.FetchAsync();
        await (state switch
        {
            TaskState.Retry => scene.Broker.RetryAsync(task, scene.Broker.Now.AddMinutes(1), "failed", true, Ct),
            TaskState.Archived => scene.Broker.ArchiveAsync(task, "gave up", Ct),
            TaskState.Completed => scene.Broker.CompleteAsync(task, Ct),
            _ => Task.CompletedTask,
        });
    }

    /// <summary>As a Go client adds a unique task to a group: its lock stands in its message alone.</summary>
    internal static async Task PutAsGoInGroupAsync(this Scene scene, string id)
    {
        var message = Message(id, unique: id, group: Group);
        var db = scene.Database;
        await db.SetAddAsync(Keys.Queues, Queue);
        await db.StringSetAsync(message.UniqueKey, id, TimeSpan.FromHours(1));
        await db.HashSetAsync(
            K.Task(id), [new("msg", message.ToByteArray()), new("state", "aggregating"), new("group", Group)]);
        await db.SortedSetAddAsync(K.Group(Group), id, Start.ToUnixTimeSeconds());
        await db.SetAddAsync(K.Groups, Group);
    }

    internal static string? GroupOf(TaskState state) => state == TaskState.Aggregating ? Group : null;

    internal static RedisKey LockOf(string id) => Message(id, unique: id).UniqueKey;

    /// <summary>The names of the places that hold an id.</summary>
    internal static async Task<string[]> WhereAsync(this Scene scene, string id)
    {
        var db = scene.Database;
        var places = new List<string>();
        foreach (var (name, list) in new[] { ("pending", K.Pending), ("active", K.Active) })
        {
            places.AddRange((await db.ListRangeAsync(list)).Where(member => member == id).Select(_ => name));
        }

        foreach (var (name, set) in new[]
        {
            ("scheduled", K.Scheduled), ("retry", K.Retry), ("archived", K.Archived), ("completed", K.Completed),
            ("aggregating", K.Group(Group)),
        })
        {
            if (await db.SortedSetScoreAsync(set, id) is not null)
            {
                places.Add(name);
            }
        }

        return [.. places];
    }

    internal static async Task<string[]> FieldsAsync(this Scene scene, string id) =>
        [.. (await scene.Database.HashKeysAsync(K.Task(id))).Select(name => name.ToString()).Order(StringComparer.Ordinal)];
}

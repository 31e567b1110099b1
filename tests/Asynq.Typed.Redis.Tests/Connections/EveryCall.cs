using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>Every operation of the broker once, on a queue that is empty before and after.</summary>
internal static class EveryCall
{
    private const string Group = "g";
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    internal static async Task MakeAsync(Broker broker, string queue)
    {
        await broker.SampleClockAsync(Ct);
        await broker.PingAsync(Ct);
        await WorkAsync(broker, queue);
        await AggregateAsync(broker, queue);
        await InspectAsync(broker, queue);
        await ServersAsync(broker);
        await SchedulersAsync(broker);
        await SemaphoreAsync(broker);
        var path = await broker.FindWritePathAsync(queue, Ct);
        Assert.Null((await broker.AwaitReplicasAsync(queue, path, new ReplicaWait(1, TimeSpan.FromMilliseconds(1)))).Doubt);
        Assert.Equal(QueueRemoval.Removed, await broker.RemoveQueueAsync(queue, force: true, Ct));
    }

    private static async Task WorkAsync(Broker broker, string queue)
    {
        var past = broker.Now.AddSeconds(-1);
        await broker.EnqueueUniqueAsync(Message("done", queue, unique: "1"), Minute, Ct);
        await broker.EnqueueAsync(Message("complete", queue, retention: 60), Ct);
        await broker.EnqueueAsync(Message("archive", queue), Ct);
        await broker.EnqueueAsync(Message("requeue", queue), Ct);
        await broker.EnqueueManyAsync([EnqueueItem.Pending(Message("retry", queue)) with { Tick = $"asynq:{{{queue}}}:x:tick:1:2" }], Ct);
        await broker.ScheduleAsync(Message("due", queue), past, Ct);
        await broker.ScheduleUniqueAsync(Message("later", queue, unique: "2"), Later, Minute, Ct);
        await broker.AddToGroupUniqueAsync(Message("joins", queue, Group, unique: "3"), Minute, Ct);
        Assert.Equal(1, (await broker.ForwardAsync(queue, Ct)).Moved);

        var tasks = (await broker.DequeueAsync(queue, 10, Lease, Ct)).Tasks.ToDictionary(task => task.Id);
        Assert.Equal(6, tasks.Count);
        Assert.Empty(await broker.ReclaimAsync(queue, Lease, Ct));
        Assert.Empty((await broker.ExtendLeaseAsync(queue, [.. tasks.Values], Lease, Ct)).Lost);
        Assert.True(await broker.CancelAsync(queue, "done", Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.WriteResultAsync(tasks["complete"], "result"u8.ToArray(), Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(tasks["done"], Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.CompleteAsync(tasks["complete"], Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.RetryAsync(tasks["retry"], Later, "boom", isFailure: true, Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.ArchiveAsync(tasks["archive"], "boom", Ct));
        Assert.Equal(LeaseOutcome.Written, await broker.RequeueAsync(tasks["requeue"], Ct));
        Assert.Single(await broker.ListExpiredLeasesAsync(queue, broker.Now + Minute, Ct));
        Assert.Single((await broker.RecoverAsync(queue, broker.Now + Minute, _ => Minute, Ct)).Retried);
    }

    private static async Task AggregateAsync(Broker broker, string queue)
    {
        async Task<string> NextSetAsync(params string[] ids)
        {
            foreach (var id in ids)
            {
                await broker.AddToGroupAsync(Message(id, queue, Group), Ct);
            }

            return (await broker.AggregationCheckAsync(queue, Group, Minute, Minute, 1, Ct))!;
        }

        Assert.Equal([Group], await broker.ListGroupsAsync(queue, Ct));
        var first = await NextSetAsync();
        Assert.Single((await broker.ReadAggregationSetAsync(queue, Group, first, Ct))!.Tasks);
        Assert.Equal(
            AggregateOutcome.Aggregated,
            await broker.AggregateAsync(queue, Group, first, EnqueueItem.Pending(Message("batch", queue)), Ct));
        var second = await NextSetAsync("single");
        Assert.Equal(1, await broker.ReleaseMembersAsync(queue, Group, second, ["single"], Ct));
        var third = await NextSetAsync("bad");
        Assert.Equal(1, await broker.ArchiveMembersAsync(queue, Group, third, [(Message("bad", queue, Group), "boom")], Ct));
        var fourth = await NextSetAsync("gone");
        Assert.True(await broker.DeleteAggregationSetAsync(queue, Group, fourth, Ct));
        var fifth = await NextSetAsync("back");
        Assert.True(await broker.GiveBackAggregationSetAsync(queue, Group, fifth, TimeSpan.Zero, Ct));
        await broker.ReclaimStaleAggregationSetsAsync(queue, Ct);
        await broker.RemoveEmptyGroupsAsync(queue, Ct);
    }

    private static async Task InspectAsync(Broker broker, string queue)
    {
        Assert.Contains(queue, await broker.ListQueuesAsync(Ct));
        Assert.True(await broker.QueueExistsAsync(queue, Ct));
        Assert.NotNull(await broker.CurrentStatsAsync(queue, Ct));
        Assert.NotNull(await broker.HistoricalStatsAsync(queue, 2, Ct));
        await broker.GroupStatsAsync(queue, Ct);
        await broker.MemoryUsageAsync(queue, Ct);
        await broker.ClusterNodesAsync(queue, Ct);
        Assert.True(await broker.PauseAsync(queue, Ct));
        Assert.True(await broker.UnpauseAsync(queue, Ct));
        Assert.NotNull(await broker.ListTasksAsync(queue, TaskState.Scheduled, null, 0, 10, Ct));
        await foreach (var task in broker.WalkTasksAsync(queue, TaskState.Scheduled, null, 1, Ct))
        {
            Assert.NotNull(task);
        }

        Assert.NotNull(await broker.ListActiveIdsAsync(queue, Ct));
        Assert.True((await broker.FindTaskAsync(queue, "later", Ct)).QueueExists);
        Assert.NotNull(await broker.GetTaskInfoAsync(queue, "later", Ct));
        Assert.Equal(InspectOutcome.Done, await broker.UpdateTaskPayloadAsync(queue, "later", "new"u8.ToArray(), Ct));
        Assert.Equal(
            InspectOutcome.Done, await broker.RescheduleTaskAsync(queue, "later", broker.Now.AddHours(2), Ct));
        Assert.Equal(InspectOutcome.Done, await broker.RunTaskAsync(queue, "later", Ct));
        Assert.Equal(InspectOutcome.Done, await broker.ArchiveTaskAsync(queue, "later", Ct));
        Assert.Equal(InspectOutcome.Done, await broker.RequeueTaskAsync(queue, "later", "new"u8.ToArray(), Ct));
        Assert.Equal(InspectOutcome.Done, await broker.ArchiveTaskAsync(queue, "later", Ct));
        Assert.Equal(InspectOutcome.Done, await broker.DeleteTaskAsync(queue, "later", Ct));
        Assert.True(await broker.RunAllAsync(queue, TaskState.Retry, null, Ct) > 0);
        Assert.True(await broker.ArchiveAllAsync(queue, TaskState.Pending, null, Ct) > 0);
        Assert.True(await broker.DeleteAllAsync(queue, TaskState.Archived, null, Ct) > 0);
        await broker.DeleteExpiredCompletedTasksAsync(queue, 10, Ct);
    }

    private static async Task ServersAsync(Broker broker)
    {
        var server = new ServerInfo { Host = "h", Pid = 1, ServerId = "s" };
        var worker = new WorkerInfo { Host = "h", Pid = 1, ServerId = "s", TaskId = "a" };
        await broker.WriteServerStateAsync(server, [worker], new ServerDetail { BuildId = "b" }, Minute, Ct);
        Assert.Single(await broker.ListServersAsync(Ct));
        Assert.Single(await broker.ListWorkersAsync(Ct));
        await broker.ClearServerStateAsync("h", 1, "s", Ct);
    }

    private static async Task SemaphoreAsync(Broker broker)
    {
        var token = await broker.AcquireTokenAsync("scope", 1, "a", Later, Ct);
        Assert.NotNull(token);
        Assert.Null(await broker.AcquireTokenAsync("scope", 1, "b", Later, Ct));
        Assert.True(await broker.ReleaseTokenAsync("scope", "a", token.Value, Ct));
    }

    private static async Task SchedulersAsync(Broker broker)
    {
        await broker.WriteSchedulerEntriesAsync("h:1:s", [new SchedulerEntry { Id = "e", Spec = "@daily" }], Minute, Ct);
        Assert.Single(await broker.ListSchedulerEntriesAsync(Ct));
        Assert.Null(await broker.FindLastTickAsync(Queue, "digest", Ct));
        await broker.RecordSchedulerEnqueueEventAsync(
            "e", new SchedulerEnqueueEvent { TaskId = "a", EnqueueTime = new() { Seconds = 1 } }, Ct);
        await broker.ExpireSchedulerHistoryAsync("e", Minute, Ct);
        Assert.Single(await broker.ListSchedulerEnqueueEventsAsync("e", 0, 10, Ct));
        await broker.ClearSchedulerEntriesAsync("h:1:s", Ct);
        await broker.ClearSchedulerHistoryAsync("e", Ct);
    }
}

using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Asynq.Typed.Inspection.Tests;

/// <summary>What servers and schedulers say of themselves.</summary>
public sealed class ServerTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    [Theory, EachBackend]
    public async Task Servers_are_listed_with_their_own_workers(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteServerStateAsync(Server(scene, "go"), [], null, Ttl, Scene.Ct);
        await scene.Broker.WriteServerStateAsync(
            Server(scene, "net"),
            [Worker(scene, "net", "t1")],
            new ServerDetail { BuildId = "b1", TaskTypes = { "email:*" } },
            Ttl,
            Scene.Ct);

        var servers = (await scene.Inspector.ListServersAsync(Scene.Ct)).ToDictionary(server => server.Id);

        Assert.Equal(2, servers.Count);
        Assert.Null(servers["go"].BuildId);
        Assert.Null(servers["go"].TaskTypes);
        Assert.Empty(servers["go"].ActiveWorkers);
        var server = servers["net"];
        Assert.Equal(("h", 7, 10, true, "active"),
            (server.Host, server.ProcessId, server.Concurrency, server.StrictPriority, server.Status));
        Assert.Equal((scene.Start, 1, "b1"), (server.StartedAt!.Value, server.ActiveWorkerCount, server.BuildId));
        Assert.Equal(["email:*"], server.TaskTypes!);
        Assert.Equal(6, server.Queues["critical"]);
        var worker = Assert.Single(server.ActiveWorkers);
        Assert.Equal("t1", Assert.Single(await scene.Inspector.ListWorkersAsync(Scene.Ct)).TaskId);
        Assert.Equal(("t1", "email:welcome", "critical"), (worker.TaskId, worker.TaskType, worker.Queue));
        Assert.Equal("{}"u8.ToArray(), worker.TaskPayload.ToArray());
        Assert.Equal(scene.Start, worker.StartedAt);
        Assert.Null(worker.Deadline);
    }

    [Theory, EachBackend]
    public async Task Entries_and_events_of_schedulers_are_listed(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var entry = new SchedulerEntry
        {
            Id = "e1",
            Spec = "@every 1m",
            TaskType = "report",
            TaskPayload = ByteString.CopyFromUtf8("{}"),
            EnqueueOptions = { "Queue(\"low\")" },
            NextEnqueueTime = Timestamp.FromDateTimeOffset(scene.Start),
            PrevEnqueueTime = new Timestamp { Seconds = -62135596800 },
        };
        await scene.Broker.WriteSchedulerEntriesAsync("h:1:s", [entry], Ttl, Scene.Ct);
        for (var i = 0; i < 3; i++)
        {
            var enqueued = Timestamp.FromDateTimeOffset(scene.Start.AddMinutes(i));
            await scene.Broker.RecordSchedulerEnqueueEventAsync(
                "e1", new SchedulerEnqueueEvent { TaskId = $"t{i}", EnqueueTime = enqueued }, Scene.Ct);
        }

        var listed = Assert.Single(await scene.Inspector.ListSchedulerEntriesAsync(Scene.Ct));
        Assert.Equal(("e1", "@every 1m", "report"), (listed.Id, listed.Schedule, listed.TaskType));
        Assert.Equal(["Queue(\"low\")"], listed.Options);
        Assert.Equal("{}"u8.ToArray(), listed.TaskPayload.ToArray());
        Assert.Equal(scene.Start, listed.NextEnqueueAt);
        Assert.Null(listed.PreviousEnqueueAt);

        Assert.Equal(
            [new("t2", scene.Start.AddMinutes(2)), new("t1", scene.Start.AddMinutes(1))],
            await scene.Inspector.ListSchedulerEventsAsync("e1", 1, 2, Scene.Ct));
        Assert.Equal("t0", Assert.Single(await scene.Inspector.ListSchedulerEventsAsync("e1", 2, 2, Scene.Ct)).TaskId);
        Assert.Empty(await scene.Inspector.ListSchedulerEventsAsync("e1", 3, 2, Scene.Ct));
        Assert.Empty(await scene.Inspector.ListSchedulerEventsAsync("nobody", cancellationToken: Scene.Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Inspector.ListSchedulerEventsAsync("e1", 1, 0, Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task All_events_of_an_entry_are_listed_though_more_come_meanwhile(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Task RecordAsync(int at) => scene.Broker.RecordSchedulerEnqueueEventAsync(
            "e1",
            new SchedulerEnqueueEvent
            {
                TaskId = $"t{at:D3}", EnqueueTime = Timestamp.FromDateTimeOffset(scene.Start.AddMinutes(at)),
            },
            Scene.Ct);
        for (var i = 0; i < 250; i++)
        {
            await RecordAsync(i);
        }

        var listed = new List<string>();
        await foreach (var enqueued in scene.Inspector.ListAllSchedulerEventsAsync("e1", Scene.Ct))
        {
            listed.Add(enqueued.TaskId);
            if (listed.Count is 50 or 150)
            {
                await RecordAsync(250 + listed.Count);
            }
        }

        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(i => $"t{i:D3}"), listed);
        await foreach (var enqueued in scene.Inspector.ListAllSchedulerEventsAsync("nobody", Scene.Ct))
        {
            Assert.Fail($"{enqueued}");
        }
    }

    private static ServerInfo Server(Scene scene, string id) => new()
    {
        Host = "h",
        Pid = 7,
        ServerId = id,
        Concurrency = 10,
        Queues = { ["critical"] = 6 },
        StrictPriority = true,
        Status = "active",
        StartTime = Timestamp.FromDateTimeOffset(scene.Start),
        ActiveWorkerCount = 1,
    };

    private static WorkerInfo Worker(Scene scene, string server, string task) => new()
    {
        Host = "h",
        Pid = 7,
        ServerId = server,
        TaskId = task,
        TaskType = "email:welcome",
        TaskPayload = ByteString.CopyFromUtf8("{}"),
        Queue = "critical",
        StartTime = Timestamp.FromDateTimeOffset(scene.Start),
    };
}

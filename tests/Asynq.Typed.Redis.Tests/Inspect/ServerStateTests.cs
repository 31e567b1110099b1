using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>What servers say of themselves.</summary>
public sealed class ServerStateTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    /// <summary>Not recorded: the workers of every live server are listed, whoever wrote them.</summary>
    [Theory, EachBackend]
    public async Task Servers_and_workers_are_listed_and_Go_is_told_from_this_project(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var detail = new ServerDetail { BuildId = "b1", TaskTypes = { "email:welcome", "report:*" } };
        await scene.Broker.WriteServerStateAsync(Server("net"), [Worker("net", "1"), Worker("net", "2")], detail, Ttl, Ct);
        await scene.Broker.WriteServerStateAsync(Server("go"), [Worker("go", "3")], Ttl, Ct);

        var servers = await scene.Broker.ListServersAsync(Ct);
        var workers = await scene.Broker.ListWorkersAsync(Ct);

        Assert.Equal(
            [new LiveServer(Server("go"), null), new LiveServer(Server("net"), detail)],
            servers.OrderBy(server => server.Info.ServerId, StringComparer.Ordinal));
        Assert.Equal(
            [Worker("net", "1"), Worker("net", "2"), Worker("go", "3")],
            workers.OrderBy(worker => worker.TaskId, StringComparer.Ordinal));
    }

    [Theory, EachBackend]
    public async Task A_heartbeat_replaces_the_one_before(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteServerStateAsync(
            Server("s"), [Worker("s", "1"), Worker("s", "2")], new ServerDetail { BuildId = "b" }, Ttl, Ct);
        await scene.Broker.WriteServerStateAsync(Server("s"), [Worker("s", "2")], Ttl, Ct);

        Assert.Equal([Worker("s", "2")], await scene.Broker.ListWorkersAsync(Ct));
        Assert.Null(Assert.Single(await scene.Broker.ListServersAsync(Ct)).Detail);

        await scene.Broker.WriteServerStateAsync(Server("s"), [], Ttl, Ct);
        Assert.Empty(await scene.Broker.ListWorkersAsync(Ct));
    }

    [Theory, EachBackend]
    public async Task A_server_without_heartbeat_is_forgotten(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteServerStateAsync(Server("dead"), [Worker("dead", "1")], Ttl, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(10));
        await scene.Broker.WriteServerStateAsync(Server("live"), [Worker("live", "2")], Ttl, Ct);
        Assert.Equal(2, (await scene.Broker.ListServersAsync(Ct)).Count);
        scene.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("live", Assert.Single(await scene.Broker.ListServersAsync(Ct)).Info.ServerId);
        Assert.Equal("2", Assert.Single(await scene.Broker.ListWorkersAsync(Ct)).TaskId);
        Assert.Equal(1, await scene.Database.SortedSetLengthAsync(Keys.Servers));
        Assert.Equal(1, await scene.Database.SortedSetLengthAsync(Keys.Workers));
    }

    [Theory, EachBackend]
    public async Task Clearing_removes_every_trace_of_one_server(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteServerStateAsync(Server("stays"), [], Ttl, Ct);
        var before = await scene.DumpAsync();
        await scene.Broker.WriteServerStateAsync(Server("goes"), [Worker("goes", "1")], new ServerDetail(), Ttl, Ct);

        await scene.Broker.ClearServerStateAsync("web-1", 1, "goes", Ct);

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task What_cannot_be_read_hides_nothing_else(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteServerStateAsync(Server("s"), [Worker("s", "1"), Worker("s", "2")], Ttl, Ct);
        await scene.Database.StringSetAsync(Keys.Server("web-1", 1, "odd"), "no server");
        await scene.Database.SortedSetAddAsync(Keys.Servers, Keys.Server("web-1", 1, "odd"), double.MaxValue);
        await scene.Database.SortedSetAddAsync(Keys.Servers, Keys.Server("web-1", 1, "expired"), double.MaxValue);
        await scene.Database.HashSetAsync(Keys.WorkersOf("web-1", 1, "s"), "1", "no worker");

        Assert.Equal("s", Assert.Single(await scene.Broker.ListServersAsync(Ct)).Info.ServerId);
        Assert.Equal("2", Assert.Single(await scene.Broker.ListWorkersAsync(Ct)).TaskId);
    }

    [Theory, EachBackend]
    public async Task Thousands_of_workers_are_written_at_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var workers = Enumerable.Range(0, 9_001).Select(i => Worker("s", $"{i}"));

        await scene.Broker.WriteServerStateAsync(Server("s"), [.. workers], Ttl, Ct);

        Assert.Equal(9_001, (await scene.Broker.ListWorkersAsync(Ct)).Count);
    }

    [Theory, EachBackend]
    public async Task A_ttl_below_a_second_is_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Broker.WriteServerStateAsync(Server("s"), [], TimeSpan.FromMilliseconds(999), Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Broker.WriteSchedulerEntriesAsync("s", [], TimeSpan.Zero, Ct));
    }

    private static ServerInfo Server(string id) => new()
    {
        Host = "web-1",
        Pid = 1,
        ServerId = id,
        Concurrency = 10,
        Queues = { [Queue] = 1 },
        Status = "active",
        StartTime = Timestamp.FromDateTimeOffset(Start),
    };

    private static WorkerInfo Worker(string server, string task) => new()
    {
        Host = "web-1",
        Pid = 1,
        ServerId = server,
        TaskId = task,
        TaskType = "email:welcome",
        TaskPayload = ByteString.CopyFromUtf8("{}"),
        Queue = Queue,
        StartTime = Timestamp.FromDateTimeOffset(Start),
        Deadline = Timestamp.FromDateTimeOffset(Start.AddMinutes(30)),
    };
}

using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Inspection.Tests;

/// <summary>An inspector on an empty database, a broker that puts tasks there, and a clock that the test turns.</summary>
internal sealed class Scene : IAsyncDisposable
{
    internal const string Queue = "q";
    internal const string Group = "g:1";
    internal const string Gone = "gone";

    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    internal static readonly QueueKeys K = Keys.Of(Queue);

    private readonly TestDatabase _database;
    private readonly BrokerSource _source;

    private Scene(TestDatabase database, BrokerSource source, Broker broker, FakeTimeProvider time)
    {
        _database = database;
        _source = source;
        Broker = broker;
        Time = time;
        Start = DateTimeOffset.FromUnixTimeSeconds(broker.Now.ToUnixTimeSeconds());
        Inspector = new AsynqInspector(source);
    }

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal FakeTimeProvider Time { get; }

    /// <summary>The second at which the test began, by the broker's clock.</summary>
    internal DateTimeOffset Start { get; }

    internal Broker Broker { get; }

    internal AsynqInspector Inspector { get; }

    internal IDatabase Database => _database.Database;

    internal IConnectionMultiplexer Multiplexer => _database.Multiplexer;

    internal string ConnectionString => _database.ConnectionString;

    internal static async Task<Scene> OpenAsync(Backend backend)
    {
        var database = await TestDatabase.OpenAsync(backend, Ct);
        var time = new FakeTimeProvider();
        var source = new BrokerSource(_ => ValueTask.FromResult(RedisConnection.Wrap(database.Multiplexer)), time);
        return new Scene(database, source, await source.GetAsync(Ct), time);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal static string? GroupOf(TaskState state) => state == TaskState.Aggregating ? Group : null;

    internal static TaskMessage Message(string id, string queue = Queue, string type = "email:welcome") => new()
    {
        Id = id,
        Queue = queue,
        Type = type,
        Payload = ByteString.CopyFromUtf8($"payload of {id}"),
        Retry = 25,
        Timeout = 1800,
        Retention = 3600,
    };

    /// <summary>Puts a task into a state. Others of the queue that are pending are not touched.</summary>
    internal async Task PutAsync(string id, TaskState state, string type = "email:welcome", string error = "failed")
    {
        var message = Message(id, type: type);
        switch (state)
        {
            case TaskState.Aggregating:
                message.GroupKey = Group;
                await Broker.AddToGroupAsync(message, Ct);
                return;
            case TaskState.Scheduled:
                await Broker.ScheduleAsync(message, Start.AddMinutes(1), Ct);
                return;
        }

        await Broker.EnqueueAsync(message, Ct);
        if (state == TaskState.Pending)
        {
            return;
        }

        await Database.ListRemoveAsync(K.Pending, id);
        await Database.ListRightPushAsync(K.Pending, id);
        var task = Assert.Single((await Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        await (state switch
        {
            TaskState.Retry => Broker.RetryAsync(task, Start.AddMinutes(1), error, true, Ct),
            TaskState.Archived => Broker.ArchiveAsync(task, error, Ct),
            TaskState.Completed => Broker.CompleteAsync(task, Ct),
            _ => Task.CompletedTask,
        });
    }

    internal async Task PutManyAsync(TaskState state, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await PutAsync($"{i:D4}", state);
        }
    }

    internal async Task<TaskState?> StateAsync(string id) => (await Inspector.GetTaskAsync(Queue, id, Ct))?.State;

    internal static async Task<List<string>> IdsAsync(IAsyncEnumerable<TaskInfo> tasks)
    {
        var ids = new List<string>();
        await foreach (var task in tasks.WithCancellation(Ct))
        {
            ids.Add(task.Id);
        }

        return ids;
    }
}

/// <summary>Runs a theory on every backend, for every state.</summary>
internal static class EveryState
{
    public static TheoryData<Backend, TaskState> Cases() => Of(Enum.GetValues<TaskState>());

    public static TheoryData<Backend, TaskState> CasesButActive() =>
        Of(Enum.GetValues<TaskState>().Where(state => state != TaskState.Active));

    private static TheoryData<Backend, TaskState> Of(IEnumerable<TaskState> states)
    {
        var cases = new TheoryData<Backend, TaskState>();
        foreach (var backend in Enum.GetValues<Backend>())
        {
            foreach (var state in states)
            {
                cases.Add(backend, state);
            }
        }

        return cases;
    }
}

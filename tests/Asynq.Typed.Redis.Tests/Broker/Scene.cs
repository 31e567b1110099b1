using System.Globalization;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A broker on an empty database, with a clock that the test turns.</summary>
internal sealed class Scene : IAsyncDisposable
{
    internal const string Queue = "q";

    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    internal static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    internal static readonly QueueKeys K = Keys.Of(Queue);

    private readonly TestDatabase _database;

    private Scene(TestDatabase database)
    {
        _database = database;
        Broker = NewBroker();
    }

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal FakeTimeProvider Time { get; } = new(Start);

    internal Redis.Broker Broker { get; }

    internal IDatabase Database => _database.Database;

    internal IConnectionMultiplexer Multiplexer => _database.Multiplexer;

    internal string ConnectionString => _database.ConnectionString;

    internal static async Task<Scene> OpenAsync(Backend backend) => new(await TestDatabase.OpenAsync(backend, Ct));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    internal Redis.Broker NewBroker(int archiveLimit = 10_000) =>
        new(RedisConnection.Wrap(_database.Multiplexer), Time) 
        {
            Archive = new ArchiveLimits(archiveLimit, ArchiveLimits.DefaultMaxAge),
        };

    internal static TaskMessage Message(
        string id, string queue = Queue, string group = "", string? unique = null, long retention = 0, int retry = 25) => new()
        {
            Id = id,
            Queue = queue,
            Type = "email:welcome",
            Payload = ByteString.CopyFromUtf8("{\"id\":\"" + id + "\"}"),
            Retry = retry,
            Timeout = 1800,
            GroupKey = group,
            Retention = retention,
            UniqueKey = unique is null ? "" : Keys.Of(queue).UniquePrefix + "email:welcome:" + unique,
        };

    internal async Task<LeasedTask> FetchAsync(string queue = Queue) =>
        Assert.Single((await Broker.DequeueAsync(queue, 1, Lease, Ct)).Tasks);

    internal async Task<LeasedTask> EnqueueAndFetchAsync(TaskMessage message)
    {
        Assert.Equal(EnqueueOutcome.Enqueued, await Broker.EnqueueAsync(message, Ct));
        return await FetchAsync(message.Queue);
    }

    internal async Task<string[]> ListAsync(RedisKey key) =>
        [.. (await Database.ListRangeAsync(key)).Select(value => value.ToString())];

    internal async Task<string?> FieldAsync(string id, string field) => await Database.HashGetAsync(K.Task(id), field);

    internal async Task<TaskMessage> StoredAsync(string id) =>
        TaskMessage.Parser.ParseFrom((byte[])(await Database.HashGetAsync(K.Task(id), "msg"))!);

    /// <summary>
    /// The whole database as text, one line for each key, but for what is random or counts calls: owners, call marks.
    /// </summary>
    internal async Task<string> DumpAsync()
    {
        // Sorted, and once each: a scan may return a key twice.
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var key in Multiplexer.GetServers()[0].KeysAsync(Database.Database, "*").WithCancellation(Ct))
        {
            if (IsCallMarks(key))
            {
                continue;
            }

            var expires = await Database.KeyTimeToLiveAsync(key);
            lines.Add($"{key} = {await ValueAsync(key)}{(expires is null ? "" : " (expires)")}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>Whether a key notes which calls were made, and nothing of tasks.</summary>
    internal static bool IsCallMarks(RedisKey key) => key.ToString().Contains("}:x:calls:", StringComparison.Ordinal);

    private async Task<string> ValueAsync(RedisKey key)
    {
        switch (await Database.KeyTypeAsync(key))
        {
            case RedisType.String:
                return (await Database.StringGetAsync(key))!;
            case RedisType.List:
                return string.Join(", ", await ListAsync(key));
            case RedisType.Set:
                return string.Join(", ", (await Database.SetMembersAsync(key)).Select(value => value.ToString()).Order());
            case RedisType.SortedSet:
                var entries = await Database.SortedSetRangeByRankWithScoresAsync(key);
                return string.Join(
                    ", ", entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Element}@{entry.Score}")));
            default:
                var fields = await Database.HashGetAllAsync(key);
                return string.Join(", ", fields.OrderBy(field => field.Name.ToString(), StringComparer.Ordinal).Select(Text));
        }
    }

    private static string Text(HashEntry field) =>
        field.Name == "owner" ? "owner" : $"{field.Name}:{Convert.ToHexString((byte[])field.Value!)}";
}

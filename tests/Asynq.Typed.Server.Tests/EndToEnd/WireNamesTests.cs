using System.Collections.Concurrent;
using System.Text;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>No name of a .NET type, namespace or assembly is on the wire: so none can be asked for, and each can be renamed.</summary>
public sealed class WireNamesTests
{
    private static readonly string[] Names =
        ["Xyzzy", "Asynq.Typed", "System.", "Version=", "PublicKeyToken", "Exception", "Dictionary`", "List`"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task No_key_and_no_value_holds_a_name_of_NET(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var running = new ConcurrentDictionary<string, bool>();
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database,
            (_, context, _) =>
            {
                running[context.TaskId] = true;
                return context.TaskId == "fails" ? throw new FormatException("broken") : release.Task;
            },
            static options =>
            {
                options.GroupGracePeriod = TimeSpan.FromSeconds(1);
                options.Concurrency = 10;
            });
        await using var scheduler = AsynqScheduler.Connect(database.ConnectionString);
        scheduler.Register("@every 1s", new XyzzyJson(XyzzyMembers.Any), new() { Queue = "ticks" });
        await scheduler.StartAsync(Token);
        EnqueueOptions unique = new() { UniqueFor = TimeSpan.FromHours(1), TaskId = "json" };
        await host.Client.EnqueueAsync(new XyzzyPart(XyzzyMembers.Any), new() { Group = "group" }, Token);
        await host.Client.EnqueueAsync(new XyzzyPart(XyzzyMembers.Any), new() { Group = "waits", Queue = "nobody" }, Token);
        await host.Client.EnqueueAsync(new XyzzyPacked(XyzzyMembers.Any), new() { ProcessIn = TimeSpan.FromHours(1) }, Token);
        await host.Client.EnqueueAsync(new XyzzyPacked(XyzzyMembers.Any), new() { TaskId = "packed" }, Token);
        await host.Client.EnqueueAsync(new XyzzyPacked(XyzzyMembers.Any), new() { TaskId = "fails", MaxRetry = 0 }, Token);
        var json = await host.Client.EnqueueAsync(new XyzzyJson(XyzzyMembers.Any), unique, Token);

        // Two that were enqueued singly and the batch run, one has failed; a tick waits, and the server says what it does.
        await Eventually.TrueAsync(() => running.Count == 4, "they run");
        await HasAsync(database, "asynq:{default}:archived");
        await HasAsync(database, "asynq:{ticks}:pending");
        await HasAsync(database, "asynq:scheduler_history:*");
        await HasAsync(database, "asynq:workers:*");
        var inFlight = await AllAsync(database);
        release.SetResult();
        await host.InStateAsync(json, TaskState.Completed);
        await Eventually.TrueAsync(
            async () => await database.Database.SortedSetLengthAsync("asynq:{default}:completed") == 3, "all have ended");
        var ended = await AllAsync(database);

        string[] kinds = ["asynq:{default}:active", "asynq:{default}:scheduled", "asynq:{nobody}:g:waits", "asynq:servers:", "asynq:x:server:", "asynq:schedulers:"];
        Assert.All(kinds, kind => Assert.Contains(inFlight, one => one.StartsWith(kind, StringComparison.Ordinal)));
        Assert.Contains(ended, static one => one.Contains("wire:json", StringComparison.Ordinal));
        foreach (var name in Names)
        {
            Assert.DoesNotContain(inFlight.Concat(ended), one => one.Contains(name, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static Task HasAsync(TestDatabase database, string pattern) => Eventually.TrueAsync(
        async () => await database.Multiplexer.GetServers()[0].KeysAsync(pattern: pattern).AnyAsync(Token), $"there is {pattern}");

    /// <summary>All keys with all that they hold, byte by byte.</summary>
    private static async Task<List<string>> AllAsync(TestDatabase database)
    {
        var all = new List<string>();
        await foreach (var key in database.Multiplexer.GetServers()[0].KeysAsync())
        {
            var values = await ValuesAsync(database.Database, key);
            all.Add($"{key} {string.Join(' ', values.Select(static value => Encoding.Latin1.GetString((byte[]?)value ?? [])))}");
        }

        return all;
    }

    private static async Task<IEnumerable<RedisValue>> ValuesAsync(IDatabase database, RedisKey key) =>
        await database.KeyTypeAsync(key) switch
        {
            RedisType.String => [await database.StringGetAsync(key)],
            RedisType.List => await database.ListRangeAsync(key),
            RedisType.Set => await database.SetMembersAsync(key),
            RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
            RedisType.Hash => (await database.HashGetAllAsync(key)).SelectMany(static field => new[] { field.Name, field.Value }),
            _ => [],
        };
}

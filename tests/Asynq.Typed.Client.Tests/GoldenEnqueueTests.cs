using System.Text.Json;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Client.Tests;

/// <summary>What the client writes for the options of recorded rows is what asynq wrote for them.</summary>
public sealed class GoldenEnqueueTests
{
    private static readonly byte[] Json = """{"user_id":42}"""u8.ToArray();

    private static readonly Dictionary<string, (byte[] Payload, EnqueueOptions Options)> Rows = new()
    {
        ["enqueue/defaults"] = (Json, new() { TaskId = "11111111-1111-4111-8111-111111111111" }),
        ["enqueue/all-options"] = (Convert.FromBase64String("gqJpZCqhbsA="), new()
        {
            TaskId = "11111111-1111-4111-8111-111111111111",
            Queue = "critical",
            MaxRetry = 3,
            Deadline = DateTimeOffset.FromUnixTimeSeconds(1900000000),
            Retention = TimeSpan.FromHours(1),
            Headers = new Dictionary<string, string>
            {
                ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            },
        }),
        ["enqueue-unique/first"] = (Json, new()
        {
            TaskId = "11111111-1111-4111-8111-111111111111", UniqueFor = TimeSpan.FromHours(1),
        }),
        ["enqueue/empty-payload"] = ([], new() { TaskId = "11111111-1111-4111-8111-111111111111", MaxRetry = 0 }),
    };

    public static TheoryData<Backend, string> Cases()
    {
        var cases = new TheoryData<Backend, string>();
        foreach (var backend in Enum.GetValues<Backend>())
        {
            foreach (var name in Rows.Keys)
            {
                cases.Add(backend, name);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_typed_enqueue_leaves_the_recorded_keys_and_bytes(Backend backend, string name)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.OpenAsync(backend, cancellationToken);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, cancellationToken);
        var (payload, options) = Rows[name];

        await client.EnqueueAsync(new Welcome(payload), options, cancellationToken);

        var after = Row(name).GetProperty("after");
        var queue = options.Queue ?? "default";
        var task = $"asynq:{{{queue}}}:t:{options.TaskId}";
        var expected = after.GetProperty(task).GetProperty("value");
        Assert.Equal([queue], Strings(await database.Database.SetMembersAsync("asynq:queues")));
        Assert.Equal([options.TaskId], Strings(await database.Database.ListRangeAsync($"asynq:{{{queue}}}:pending")));
        Assert.Equal(
            expected.GetProperty("msg").GetProperty("b64").GetString(),
            Convert.ToBase64String((byte[])(await database.Database.HashGetAsync(task, "msg"))!));
        Assert.Equal(
            expected.EnumerateObject().Select(field => field.Name).Order(),
            Strings(await database.Database.HashKeysAsync(task)).Order());
        Assert.Equal("pending", await database.Database.HashGetAsync(task, "state"));
        foreach (var unique in after.EnumerateObject().Where(key => key.Name.Contains(":unique:", StringComparison.Ordinal)))
        {
            Assert.Equal(unique.Name, await database.Database.HashGetAsync(task, "unique_key"));
            Assert.Equal(unique.Value.GetProperty("value").GetString(), await database.Database.StringGetAsync(unique.Name));
            var ttl = unique.Value.GetProperty("ttl").GetInt32();
            Assert.InRange((await database.Database.KeyTimeToLiveAsync(unique.Name))!.Value.TotalSeconds, ttl - 60, ttl);
        }

        Assert.Equal(expected.GetProperty("pending_since").GetString()!.Length, (await database.Database.HashGetAsync(task, "pending_since")).ToString().Length);
    }

    private static JsonElement Row(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name.Split('/')[0]}.json")));
        return document.RootElement.EnumerateArray().Single(row => row.GetProperty("name").GetString() == name).Clone();
    }

    private static string[] Strings(RedisValue[] values) => Array.ConvertAll(values, value => value.ToString());
}

using System.Reflection;
using System.Runtime.CompilerServices;
using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>A user that has just the rights of the README.</summary>
public sealed class AclTests
{
    private const string User = "asynq";
    private const string Secret = "hunter2";

    [Fact]
    public void The_README_names_the_rights_that_are_tested()
    {
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/Asynq.Typed/Redis/README.md"));

        Assert.Contains($"ACL SETUSER asynq on >password {LeastRights.Text}\n", readme, StringComparison.Ordinal);
        Assert.Contains(
            $"| `{LeastRights.ForReplicas.Replace("|", "\\|", StringComparison.Ordinal)}` |", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_call_works_with_the_least_rights()
    {
        await using var server = await StartAsync(LeastRights.Text);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        var cancelled = new Heard();
        var woken = new Heard();
        await using var cancellations = await broker.SubscribeCancellationsAsync(cancelled.Add, Ct);
        await using var wakes = await broker.SubscribeWakeAsync([Queue], woken.Add, Ct);

        await EveryCall.MakeAsync(broker, "every");
        await cancelled.UntilAsync("done", () => broker.PublishCancellationAsync("done", Ct));
        await woken.UntilAsync(Queue, () => ConnectTests.LifeOfATaskAsync(connection));

        Assert.Empty(await DeniedAsync(server));
    }

    [Fact]
    public async Task The_least_rights_allow_nothing_else()
    {
        await using var server = await StartAsync(LeastRights.Text);
        string[] login = ["--user", User, "--pass", Secret, "--no-auth-warning"];

        foreach (var call in new string[][]
        {
            ["SET", "other", "x"],
            ["GET", "other"],
            ["PUBLISH", "other", "x"],
            ["SUBSCRIBE", "other"],
            ["EVAL", "return redis.call('SET', KEYS[1], 'x')", "1", "other"],
            ["FLUSHDB"],
            ["KEYS", "asynq:*"],
            ["CONFIG", "GET", "*"],
            ["SCRIPT", "FLUSH"],
            ["CLUSTER", "RESET"],
            ["CLIENT", "KILL", "TYPE", "normal"],
        })
        {
            Assert.Contains("NOPERM", await RedisCli.RunAsync(server.Port, [.. login, .. call]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_least_rights_are_enough_on_a_cluster()
    {
        await using var cluster = await RedisCluster.StartAsync(Ct);
        foreach (var node in cluster.Nodes)
        {
            await RedisCli.DoAsync(node.Port, ["ACL", "SETUSER", User, "on", $">{Secret}", .. LeastRights.Text.Split(' ')]);
            await RedisCli.DoAsync(node.Port, "ACL", "SETUSER", "admin", "on", $">{Secret}", "+@all");
            await RedisCli.DoAsync(node.Port, "ACL", "SETUSER", "default", "off");
        }

        await using var connection = await ConnectAsync(cluster.Nodes[0]);

        var broker = new Broker(connection, TimeProvider.System);
        foreach (var queue in new[] { "q", "default", "critical", "low" })
        {
            await EveryCall.MakeAsync(broker, queue);
        }

        foreach (var node in cluster.Nodes)
        {
            Assert.Empty(await DeniedAsync(node));
        }
    }

    [Fact]
    public void No_call_is_left_out()
    {
        var made = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "EveryCall.cs"))
            + File.ReadAllText(ThisFile());
        var calls = typeof(Broker).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => method.IsAssembly && typeof(Task).IsAssignableFrom(method.ReturnType))
            .Select(method => method.Name)
            .Distinct()
            .ToList();

        Assert.Contains("EnqueueAsync", calls);

        // The calls for one task and for a list of them, under which most others lie.
        Assert.All(
            calls.Except(["EnqueueOneAsync", "FinishAsync", "FinishOneAsync"]),
            call => Assert.Contains($"broker.{call}(", made, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_rights_on_channels_tasks_are_stored_nevertheless()
    {
        await using var server = await StartAsync(LeastRights.Text.Replace("&asynq:*", "resetchannels", StringComparison.Ordinal));
        await using var connection = await ConnectAsync(server);

        await ConnectTests.LifeOfATaskAsync(connection);
    }

    [Fact]
    public async Task A_missing_right_is_told_with_the_rights_that_are_needed()
    {
        await using var server = await StartAsync(LeastRights.Text.Replace("~asynq:*", "~asynq:queues", StringComparison.Ordinal));
        await using var connection = await ConnectAsync(server);

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(() => ConnectTests.LifeOfATaskAsync(connection));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} does not permit this to the user of the connection text ('",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains(LeastRights.Text, exception.Message, StringComparison.Ordinal);
        ConnectTests.AssertNoSecret(exception);
    }

    [Fact]
    public async Task A_user_without_any_right_is_told_when_connecting()
    {
        await using var server = await StartAsync("-@all +@connection");

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(() => ConnectAsync(server));

        Assert.Contains(LeastRights.Text, exception.Message, StringComparison.Ordinal);
        ConnectTests.AssertNoSecret(exception);
    }

    private static Task<RedisServer> StartAsync(string rights) => RedisServer.StartAsync(
        new RedisServerOptions { ConfigurationFile = ["user default off", $"user {User} on >{Secret} {rights}", $"user admin on >{Secret} ~* &* +@all"] },
        Ct);

    private static Task<RedisConnection> ConnectAsync(RedisServer server) =>
        RedisConnection.ConnectAsync($"redis://{User}:{Secret}@127.0.0.1:{server.Port}", Ct);

    // What the user was refused, of scripts as well; but for what the client library asks for when it connects, to no harm.
    private static async Task<string[]> DeniedAsync(RedisServer server)
    {
        string[] greeting = ["config|get"];
        var log = (await RedisCli.RunAsync(
            server.Port, "--user", "admin", "--pass", Secret, "--no-auth-warning", "ACL", "LOG")).Split('\n');
        return [.. log.Where((_, at) => at > 0 && log[at - 1] == "object").Except(greeting)];
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

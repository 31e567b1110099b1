using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Servers in processes of their own.</summary>
public sealed class ProcessTests
{
    private static readonly string[] Queues = ["critical", "default", "low"];

    private static readonly (string, string)[] ThreeQueues =
    [
        ("Concurrency", "5"),
        ("Queues__critical", "6"),
        ("Queues__default", "3"),
        ("Queues__low", "1"),
    ];

    // A crash is noticed within lease, grace and interval.
    private static readonly (string, string)[] NoticesCrashes =
    [
        ("Concurrency", "5"),
        ("HeartbeatInterval", "00:00:00.5"),
        ("LeaseDuration", "00:00:06"),
        ("LeaseGrace", "00:00:01"),
        ("RecovererInterval", "00:00:00.5"),
        ("ShutdownTimeout", "00:00:01"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Two_share_queues_and_stop_one_by_one_with_nothing_lost_and_nothing_run_twice(Backend backend)
    {
        const int Tasks = 600;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await ClientAsync(database);
        await using var one = ServerNode.Launch(database, ThreeQueues);
        await using var two = ServerNode.Launch(database, ThreeQueues);
        await ServersAsync(database, 2, "active");

        var results = client.EnqueueManyAsync(
            Enumerable.Range(0, Tasks).Select(i => Work($"{i}", Queues[i % Queues.Length])), Token);
        await foreach (var result in results)
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
        }

        await Eventually.TrueAsync(() => one.Ended.Count() > 50 && two.Ended.Count() > 50, "both work");
        await one.SignalAsync("TERM");
        Assert.Equal(0, await one.ExitAsync());
        var left = two.Ended.Count();
        await Eventually.TrueAsync(() => two.Ended.Count() > left + 20 || Ended(one, two).Count == Tasks, "the other goes on");
        await two.SignalAsync("TERM");
        Assert.Equal(0, await two.ExitAsync());

        Assert.True(one.Closed && two.Closed);
        Assert.Equal(Ended(one, two), Began(one, two));
        Assert.Equal(Tasks - Ended(one, two).Count, await LeftAsync(database));

        await using var three = ServerNode.Launch(database, ThreeQueues);
        await Eventually.TrueAsync(() => Ended(one, two, three).Count == Tasks, "the rest has run");
        await three.SignalAsync("TERM");
        Assert.Equal(0, await three.ExitAsync());

        var all = Enumerable.Range(0, Tasks).Select(i => $"{i}").Order(StringComparer.Ordinal);
        Assert.Equal(all, Began(one, two, three));
        Assert.Equal(all, Ended(one, two, three));
        Assert.Equal(0, await LeftAsync(database));
        Assert.Equal(Tasks, await ProcessedAsync(database));
        Assert.Equal(0, await database.Database.SortedSetLengthAsync(Keys.Servers));
    }

    [Theory, EachBackend]
    public async Task What_a_process_leaves_that_ends_itself_in_a_handler_is_taken_over_by_another(Backend backend)
    {
        string[] waits = ["wait-1", "wait-2", "wait-3", "wait-4"];
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await ClientAsync(database);
        await using var one = ServerNode.Launch(database, NoticesCrashes);
        await using var two = ServerNode.Launch(database, NoticesCrashes);
        await ServersAsync(database, 2, "active");
        foreach (var id in waits)
        {
            await client.EnqueueAsync(TaskRequest.CreateRaw("wait", default, new() { TaskId = id }), Token);
        }

        await Eventually.TrueAsync(() => Began(one, two).SequenceEqual(waits), "they run");
        await client.EnqueueAsync(TaskRequest.CreateRaw("crash", default, new() { TaskId = "crash" }), Token);
        await Eventually.TrueAsync(() => one.HasExited || two.HasExited, "whichever took it has ended itself");
        var (fallen, survivor) = one.HasExited ? (one, two) : (two, one);
        Assert.NotEqual(0, await fallen.ExitAsync());
        var left = fallen.Began.Order(StringComparer.Ordinal).ToList();
        Assert.Contains("crash", left);
        Assert.Empty(fallen.Ended);

        await Eventually.TrueAsync(() => survivor.Ended.Count() == left.Count, "all that it left is taken over");
        await survivor.SignalAsync("TERM");
        Assert.Equal(0, await survivor.ExitAsync());

        Assert.Equal(left, Ended(survivor));
        Assert.Equal([.. waits.Append("crash").Order(StringComparer.Ordinal)], Began(survivor));
        Assert.Equal(waits.Except(left).Count(), await LeftAsync(database));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_stops_a_server_and_another_ends_it(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        Assert.SkipWhen(
            signal == "INT" && IsInterruptIgnored(),
            "Whoever runs the tests has SIGINT ignored, as nohup does, and what they start inherits that.");
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var client = await ClientAsync(database);
        await using var node = ServerNode.Launch(database, ThreeQueues);
        await ServersAsync(database, 1, "active");

        await node.SignalAsync("TSTP");
        await ServersAsync(database, 1, "stopped");
        var late = await client.EnqueueAsync(Work("late", "default"), Token);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Token);
        Assert.False(node.HasExited);
        await node.SignalAsync(signal);

        Assert.Equal(0, await node.ExitAsync());
        Assert.True(node.Closed);
        Assert.DoesNotContain(late.Id, node.Began);
        Assert.Equal(1, await LeftAsync(database));
    }

    private static bool IsInterruptIgnored()
    {
        const string Status = "/proc/self/status";
        const string Ignored = "SigIgn:";
        const long Interrupt = 1 << (2 - 1);
        return File.Exists(Status)
            && File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
            && (Convert.ToInt64(line[Ignored.Length..].Trim(), 16) & Interrupt) != 0;
    }

    private static Task<AsynqClient> ClientAsync(TestDatabase database) =>
        AsynqClient.ConnectAsync(database.ConnectionString, cancellationToken: Token);

    private static TaskRequest Work(string id, string queue) =>
        TaskRequest.CreateRaw("work", default, new() { TaskId = id, Queue = queue });

    private static List<string> Began(params ServerNode[] nodes) =>
        [.. nodes.SelectMany(node => node.Began).Order(StringComparer.Ordinal)];

    private static List<string> Ended(params ServerNode[] nodes) =>
        [.. nodes.SelectMany(node => node.Ended).Order(StringComparer.Ordinal)];

    private static async Task ServersAsync(TestDatabase database, int count, string status)
    {
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        await Eventually.TrueAsync(
            async () => (await broker.ListServersAsync(Token)).Count(server => server.Info.Status == status) == count,
            $"{count} servers are {status}");
    }

    /// <summary>How many tasks are pending; none may be archived.</summary>
    private static async Task<long> LeftAsync(TestDatabase database)
    {
        var pending = 0L;
        foreach (var queue in Queues.Select(Keys.Of))
        {
            pending += await database.Database.ListLengthAsync(queue.Pending);
            Assert.Equal(0, await database.Database.SortedSetLengthAsync(queue.Archived));
        }

        return pending;
    }

    private static async Task<long> ProcessedAsync(TestDatabase database)
    {
        var values = await Task.WhenAll(
            Queues.Select(queue => database.Database.StringGetAsync(Keys.Of(queue).Processed)));
        return values.Sum(value => (long)value);
    }
}

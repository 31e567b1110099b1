using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Client.Tests;

#pragma warning disable ASQ1008, ASQ3001, ASQ3002, ASQ3004, ASQ3005, ASQ3007 // What is refused at run time is given here on purpose

/// <summary>Every option through the client: what Redis holds afterwards, and that a bad one leaves nothing there.</summary>
public sealed class OptionTests
{
    private static readonly byte[] Payload = [1, 2, 3];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, EnqueueOptions> Bad() => new()
    {
        { "Queue", new() { Queue = " " } },
        { "Queue", new() { Queue = "a}b" } },
        { "TaskId", new() { TaskId = "\t" } },
        { "Group", new() { Group = "" } },
        { "MaxRetry", new() { MaxRetry = -1 } },
        { "Timeout", new() { Timeout = TimeSpan.FromTicks(-1) } },
        { "Retention", new() { Retention = TimeSpan.FromTicks(-1) } },
        { "UniqueFor", new() { UniqueFor = TimeSpan.FromMilliseconds(999) } },
        { "ProcessIn", new() { ProcessIn = TimeSpan.FromHours(1), ProcessAt = DateTimeOffset.UnixEpoch } },
        { "ProcessIn", new() { ProcessIn = TimeSpan.MaxValue } },
        { "Deadline", new() { Deadline = DateTimeOffset.UnixEpoch } },
        { "Headers", new() { Headers = new Dictionary<string, string> { ["k"] = null! } } },
        { "Headers", new() { Headers = new Dictionary<string, string> { ["asynq-payload"] = "br" } } },
    };

    [Theory, EachBackend]
    public async Task Every_option_of_the_call_wins_and_is_stored(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await using var inspector = await AsynqInspector.ConnectAsync(database.ConnectionString, Token);
        var deadline = DateTimeOffset.FromUnixTimeSeconds(4_100_000_000);
        var due = DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_250);

        await client.EnqueueAsync(
            new Digest(Payload),
            new()
            {
                Queue = "critical",
                TaskId = "one",
                MaxRetry = 7,
                Timeout = TimeSpan.FromSeconds(90),
                Deadline = deadline,
                Retention = TimeSpan.FromDays(2),
                UniqueFor = TimeSpan.FromMinutes(1),
                ProcessAt = due,
                Group = "team",
                Headers = new Dictionary<string, string> { ["k"] = "v", [""] = "" },
            },
            Token);

        var task = (await inspector.GetTaskAsync("critical", "one", Token))!;
        Assert.Equal(("digest", TaskState.Scheduled, "team", due), (task.Type, task.State, task.Group, task.NextProcessAt));
        Assert.Equal(
            (7, TimeSpan.FromSeconds(90), deadline, TimeSpan.FromDays(2)),
            (task.MaxRetry, task.Timeout, task.Deadline, task.Retention));
        Assert.Equal([("", ""), ("k", "v")], task.Headers.Select(header => (header.Key, header.Value)).Order());
        Assert.Equal(Payload, task.Payload.ToArray());
        Assert.True(await database.Database.KeyExistsAsync("asynq:{critical}:unique:digest:5289df737df57326fcdd22597afb1fac"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{low}:t:one"));
    }

    [Theory, EachBackend]
    public async Task A_zero_takes_a_task_types_default_away(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var none = new EnqueueOptions
        {
            MaxRetry = 0, Timeout = TimeSpan.Zero, Retention = TimeSpan.Zero, UniqueFor = TimeSpan.Zero,
        };

        var first = await client.EnqueueAsync(new Digest(Payload), none, Token);
        var second = await client.EnqueueAsync(new Digest(Payload), none, Token);

        // No limit at all is not to be had: asynq's default stands in.
        Assert.Equal((0, TimeSpan.FromMinutes(30), TimeSpan.Zero), (first.MaxRetry, first.Timeout, first.Retention));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(2, await database.Database.ListLengthAsync("asynq:{low}:pending"));
    }

    [Theory, EachBackend]
    public async Task A_time_in_the_past_runs_now(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        foreach (var options in (EnqueueOptions[])
        [
            new() { ProcessAt = DateTimeOffset.MinValue },
            new() { ProcessAt = TimeProvider.System.GetUtcNow().AddSeconds(-10) },
            new() { ProcessIn = TimeSpan.MinValue },
            new() { ProcessIn = TimeSpan.Zero },
        ])
        {
            Assert.Equal(TaskState.Pending, (await client.EnqueueAsync(new Welcome(Payload), options, Token)).State);
        }

        Assert.Equal(4, await database.Database.ListLengthAsync("asynq:{default}:pending"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:scheduled"));
    }

    [Theory, EachBackend]
    public async Task The_longest_of_everything_can_be_stored_and_read(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await using var inspector = await AsynqInspector.ConnectAsync(database.ConnectionString, Token);

        await client.EnqueueAsync(
            new Welcome(Payload),
            new()
            {
                TaskId = "one",
                MaxRetry = int.MaxValue,
                Timeout = TimeSpan.MaxValue,
                Deadline = DateTimeOffset.MaxValue,
                Retention = TimeSpan.MaxValue,
                UniqueFor = TimeSpan.MaxValue,
                ProcessAt = DateTimeOffset.MaxValue,
            },
            Token);

        var task = (await inspector.GetTaskAsync("default", "one", Token))!;
        Assert.Equal((TaskState.Scheduled, int.MaxValue), (task.State, task.MaxRetry));
        Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), task.NextProcessAt!.Value.ToUnixTimeMilliseconds());
        Assert.Equal((long)TimeSpan.MaxValue.TotalSeconds, (long)task.Timeout.TotalSeconds);
        Assert.Equal((long)TimeSpan.MaxValue.TotalSeconds, (long)task.Retention.TotalSeconds);
        Assert.Equal(EnqueueStatus.Duplicate, (await client.TryEnqueueAsync(
            new Welcome(Payload), new() { UniqueFor = TimeSpan.FromSeconds(1) }, Token)).Status);
    }

    [Theory, EachBackend]
    public async Task A_bad_option_is_refused_by_its_name_and_nothing_is_stored(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        foreach (var row in Bad())
        {
            var (name, options) = row.Data;
            foreach (var enqueue in (Func<Task>[])
            [
                () => client.EnqueueAsync(new Welcome(Payload), options, Token),
                () => client.TryEnqueueAsync(new Welcome(Payload), options, Token),
                () => client.EnqueueAsync(TaskRequest.CreateRaw("raw", Payload, options), Token),
                () => client.TryEnqueueAsync(TaskRequest.CreateRaw("raw", Payload, options), Token),
            ])
            {
                var refused = await Assert.ThrowsAsync<ArgumentException>(enqueue);
                Assert.StartsWith($"EnqueueOptions.{name}", refused.Message, StringComparison.Ordinal);
            }

            await foreach (var result in client.EnqueueManyAsync([TaskRequest.CreateRaw("raw", Payload, options)], Token))
            {
                Assert.Equal(EnqueueStatus.Failed, result.Status);
                Assert.StartsWith($"EnqueueOptions.{name}", result.Error!.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, (long)await database.Database.ExecuteAsync("DBSIZE"));
    }
}

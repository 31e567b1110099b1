using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Client.Tests;

public sealed class AsynqClientTests
{
    private static readonly byte[] Payload = [1, 2, 3];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task A_task_is_described_as_it_is_stored(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var info = await client.EnqueueAsync(new Digest(Payload), new() { TaskId = "one" }, Token);

        Assert.Equal("one", info.Id);
        Assert.Equal("low", info.Queue);
        Assert.Equal("digest", info.Type);
        Assert.Equal(Payload, info.Payload.ToArray());
        Assert.Equal(TaskState.Pending, info.State);
        Assert.Equal(3, info.MaxRetry);
        Assert.Equal(TimeSpan.FromMinutes(2), info.Timeout);
        Assert.Equal(TimeSpan.FromHours(1), info.Retention);
        Assert.True(await database.Database.KeyExistsAsync("asynq:{low}:t:one"));
    }

    [Theory]
    [EachBackend]
    public async Task A_duplicate_is_refused_as_an_exception_and_as_an_outcome(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await client.EnqueueAsync(new Digest(Payload), null, Token);

        var refused = await Assert.ThrowsAsync<DuplicateTaskException>(
            () => client.EnqueueAsync(new Digest(Payload), null, Token));
        var outcome = await client.TryEnqueueAsync(new Digest(Payload), null, Token);
        var other = await client.TryEnqueueAsync(new Digest([9]), null, Token);

        Assert.Equal(("low", "digest"), (refused.Queue, refused.Type));
        Assert.Equal(EnqueueStatus.Duplicate, outcome.Status);
        Assert.Null(outcome.Task);
        Assert.Equal(EnqueueStatus.Enqueued, other.Status);
        Assert.NotNull(other.Task);
        Assert.Equal(2, await database.Database.ListLengthAsync("asynq:{low}:pending"));
    }

    [Theory]
    [EachBackend]
    public async Task An_id_conflict_is_told_apart_from_a_duplicate(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var options = new EnqueueOptions { TaskId = "same" };
        await client.EnqueueAsync(new Welcome(Payload), options, Token);

        var refused = await Assert.ThrowsAsync<TaskIdConflictException>(
            () => client.EnqueueAsync(new Welcome([9]), options, Token));
        var outcome = await client.TryEnqueueAsync(new Welcome([9]), options, Token);

        Assert.Equal(("default", "same"), (refused.Queue, refused.TaskId));
        Assert.Equal(EnqueueStatus.IdConflict, outcome.Status);
    }

    [Theory]
    [EachBackend]
    public async Task A_task_goes_where_its_options_say(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_250);

        var scheduled = await client.EnqueueAsync(new Welcome(Payload), new() { TaskId = "s", ProcessAt = at }, Token);
        var grouped = await client.EnqueueAsync(new Welcome(Payload), new() { TaskId = "g", Group = "team" }, Token);
        var past = await client.EnqueueAsync(
            new Welcome(Payload), new() { TaskId = "p", ProcessIn = TimeSpan.FromHours(-1) }, Token);

        Assert.Equal((TaskState.Scheduled, at), (scheduled.State, scheduled.NextProcessAt));
        Assert.Equal(4_000_000_000, await database.Database.SortedSetScoreAsync("asynq:{default}:scheduled", "s"));
        Assert.Equal((TaskState.Aggregating, "team"), (grouped.State, grouped.Group));
        Assert.NotNull(await database.Database.SortedSetScoreAsync("asynq:{default}:g:team", "g"));
        Assert.Equal(TaskState.Pending, past.State);
        Assert.Equal(["p"], Array.ConvertAll(
            await database.Database.ListRangeAsync("asynq:{default}:pending"), id => id.ToString()));
    }

    [Theory]
    [EachBackend]
    public async Task A_unique_scheduled_task_holds_its_lock_until_it_is_due_and_beyond(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var info = await client.EnqueueAsync(
            new Welcome(Payload),
            new() { ProcessIn = TimeSpan.FromHours(1), UniqueFor = TimeSpan.FromHours(2) },
            Token);

        var key = (RedisKey)(await database.Database.HashGetAsync($"asynq:{{default}}:t:{info.Id}", "unique_key")).ToString();
        var left = await database.Database.KeyTimeToLiveAsync(key);
        Assert.InRange(left!.Value, TimeSpan.FromMinutes(179), TimeSpan.FromMinutes(180));
    }

    [Theory, EachBackend]
    public async Task A_value_of_a_derived_type_is_refused_before_anything_is_sent(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        await Assert.ThrowsAsync<PayloadException>(
            () => client.EnqueueAsync<Welcome>(new LongWelcome(Payload, "more"), null, Token));

        Assert.False(await database.Database.KeyExistsAsync("asynq:queues"));
    }

    [Theory, EachBackend]
    public async Task A_client_of_its_own_pings_and_closes(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await client.PingAsync(Token);

        await client.DisposeAsync();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PingAsync(Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.EnqueueAsync(new Welcome(Payload), null, Token));
    }

    [Fact]
    public async Task An_unreachable_Redis_is_one_line_with_address_and_reason_and_no_secret()
    {
        var refused = await Assert.ThrowsAsync<RedisUnreachableException>(() => AsynqClient.ConnectAsync(
            "127.0.0.1:1,password=s3cret,connectTimeout=500,connectRetry=0", Token));

        Assert.Contains("127.0.0.1:1", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory, EachBackend]
    public async Task A_cancelled_call_sends_nothing(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.EnqueueAsync(new Welcome(Payload), null, new CancellationToken(canceled: true)));

        Assert.False(await database.Database.KeyExistsAsync("asynq:queues"));
    }

    private sealed record LongWelcome(byte[] Payload, string More) : Welcome(Payload);
}

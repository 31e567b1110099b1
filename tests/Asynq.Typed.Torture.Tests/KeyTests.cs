using Asynq.Typed.Testing;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Tasks;
using Asynq.Typed.Torture.Topologies;
using Asynq.Typed.Torture.Verdicts;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>What is found in the keys that are left.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private const string Prefix = "asynq:{alpha}:";

    private TestDatabase? _database;

    private IDatabase Redis => _database!.Database;

    public async ValueTask InitializeAsync() =>
        _database = await TestDatabase.OpenAsync(Backend.Redis, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task What_a_server_keeps_is_nothing()
    {
        await Redis.SetAddAsync("asynq:queues", "alpha");
        await Redis.StringSetAsync(Prefix + "processed:2030-01-02", 7);
        await Redis.StringSetAsync(Prefix + "x:calls:me", "", TimeSpan.FromMinutes(1));

        Assert.Empty(await FactsAsync());
    }

    [Fact]
    public async Task A_completed_task_is_there()
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + "completed", "a", 1);

        Assert.Empty(await FactsAsync(new Story().Enqueued("a", 0).Ran("a", "w1.7.1", 1)));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task But_not_done_where_no_handler_has_done_it(bool isKnown)
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + "completed", "a", 1);

        Assert.Equal(
            [Fact.Lost],
            await FactsAsync(isKnown ? new Story().Enqueued("a", 0) : new Story().Unknown("a", 0, 1).Fault("cut", "*", 0.5, 0.5)));
    }

    [Fact]
    public async Task A_refused_task_is_not()
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + "completed", "a", 1);

        Assert.Contains(Fact.RefusedButThere, await FactsAsync(new Story().Refused("a", 0, 5, "passing")));
    }

    [Theory, InlineData("pending"), InlineData("active")]
    public async Task A_task_in_a_list_is_stuck(string list)
    {
        await StoreAsync("a");
        await Redis.ListLeftPushAsync(Prefix + list, "a");

        Assert.Equal([Fact.Stuck], await FactsAsync(new Story().Enqueued("a", 0)));
    }

    [Theory, InlineData("lease"), InlineData("scheduled"), InlineData("retry"), InlineData("g:some-group")]
    public async Task A_task_in_a_set_is_stuck(string set)
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + set, "a", 1);

        Assert.Equal([Fact.Stuck], await FactsAsync(new Story().Enqueued("a", 0)));
    }

    [Fact]
    public async Task An_archived_task_is_stuck_unless_that_was_meant()
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + "archived", "a", 1);

        Assert.Equal([Fact.Stuck], await FactsAsync(new Story().Enqueued("a", 0)));
        Assert.Empty(await FactsAsync(new Story().Enqueued("a", 0, kind: Kinds.Archived)));
        Assert.Empty(await FactsAsync(new Story().Enqueued("a", 0, kind: Kinds.Unreadable)));
    }

    [Fact]
    public async Task A_poisoned_task_is_archived()
    {
        const string Id = ContentFaults.PoisonPrefix + "wrong-type.1";
        await Redis.StringSetAsync(Prefix + "t:" + Id, "a string");
        await Redis.SortedSetAddAsync(Prefix + "archived", Id, 1);
        Assert.Empty(await FactsAsync(new Story().Enqueued(Id, 0, kind: Kinds.Poisoned)));

        await Redis.KeyDeleteAsync(Prefix + "archived");
        await Redis.SortedSetAddAsync(Prefix + "completed", Id, 1);
        Assert.Equal([Fact.Stuck], await FactsAsync());
    }

    [Fact]
    public async Task An_id_without_a_task_is_stuck()
    {
        await Redis.SortedSetAddAsync(Prefix + "completed", "a", 1);

        Assert.Equal([Fact.Stuck], await FactsAsync());
    }

    [Fact]
    public async Task A_group_that_is_named_is_stuck()
    {
        await Redis.SetAddAsync(Prefix + "groups", "some-group");

        Assert.Equal([Fact.Stuck], await FactsAsync());
    }

    [Fact]
    public async Task A_task_that_no_list_has_is_orphaned()
    {
        await StoreAsync("a");

        Assert.Equal([Fact.Orphaned], await FactsAsync());
    }

    [Fact]
    public async Task What_a_process_keeps_expires()
    {
        await Redis.StringSetAsync("asynq:servers:{host:1:a}", "", TimeSpan.FromMinutes(1));
        await Redis.SortedSetAddAsync("asynq:servers", "asynq:servers:{host:1:a}", 1);
        await Redis.SortedSetAddAsync("asynq:scheduler_history:host:1:b", "", 1);

        Assert.Empty(await FactsAsync());
    }

    [Theory]
    [InlineData("somebody-elses"), InlineData("asynq:{alpha}:unheard-of"), InlineData("asynq:{alpha}:x:calls:for-ever")]
    [InlineData("asynq:queues:more"), InlineData("asynq:serversabc"), InlineData("asynq:servers:{host:1:a}")]
    [InlineData("asynq:workers:{host:1:a}"), InlineData("asynq:schedulers:{host:1:a}"), InlineData("asynq:x:server:{host:1:a}")]
    public async Task A_key_that_nobody_will_remove_is_orphaned(string key)
    {
        await Redis.StringSetAsync(key, "1");

        Assert.Equal([Fact.Orphaned], await FactsAsync());
    }

    [Fact]
    public async Task A_lock_whose_task_is_gone_has_leaked()
    {
        await Redis.StringSetAsync(Prefix + "unique:torture:sole:x", "a");

        Assert.Equal([Fact.LeakedLock], await FactsAsync());
    }

    [Fact]
    public async Task A_lock_whose_task_is_completed_has_leaked()
    {
        await StoreAsync("a");
        await Redis.SortedSetAddAsync(Prefix + "completed", "a", 1);
        await Redis.StringSetAsync(Prefix + "unique:torture:sole:x", "a");

        Assert.Equal([Fact.LeakedLock], await FactsAsync());
    }

    private async Task StoreAsync(string id) => await Redis.HashSetAsync(Prefix + "t:" + id, "state", "some");

    private async Task<IReadOnlyList<Fact>> FactsAsync(Story? story = null)
    {
        await using var raw = await RawRedis.ConnectAsync(_database!.ConnectionString);
        return (story ?? new Story()).Facts(await KeyAudit.OfAsync(raw));
    }
}

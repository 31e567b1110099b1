using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Groups from the client to the batch's handler.</summary>
public sealed class GroupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Tasks_of_a_group_become_one_of_the_groups_own_queue(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await StartAsync(database, static options =>
        {
            options.Queues = new() { ["mail"] = 1, ["default"] = 1 };
            options.GroupMaxSize = 3;
        });
        host.Groups.Notes = static (group, texts, _) =>
            new(new AggregateResult<Digest>(new Digest(group.Name, texts), new() { Queue = "elsewhere" }));

        foreach (var text in (string[])["1", "2", "3"])
        {
            await host.Client.EnqueueAsync(new Note(text), new() { Queue = "mail", Group = "one" }, Token);
        }

        await Eventually.TrueAsync(() => !host.Groups.Digests.IsEmpty, "aggregated");

        var digest = Assert.Single(host.Groups.Digests);
        Assert.StartsWith("one in mail: ", digest, StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], digest["one in mail: ".Length..].Split(", ").Order());
        Assert.Empty(host.Groups.Singles);
    }

    [Theory, EachBackend]
    public async Task A_unique_task_of_a_group_is_refused_twice_until_it_is_aggregated(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var options = new EnqueueOptions { Group = "one", UniqueFor = TimeSpan.FromHours(1) };
        await using var host = await StartAsync(database, static options => options.GroupGracePeriod = TimeSpan.FromSeconds(2));

        var first = await host.Client.EnqueueAsync(new Note("same"), options, Token);
        var second = await host.Client.TryEnqueueAsync(new Note("same"), options, Token);
        await host.GoneAsync(first);
        var third = await host.Client.TryEnqueueAsync(new Note("same"), options, Token);

        Assert.Equal(EnqueueStatus.Duplicate, second.Status);
        Assert.Equal(EnqueueStatus.Enqueued, third.Status);
    }

    [Theory, EachBackend]
    public async Task A_scheduled_task_joins_its_group_when_it_falls_due(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await StartAsync(database);

        var task = await host.Client.EnqueueAsync(
            new Note("later"), new() { Group = "one", ProcessIn = TimeSpan.FromSeconds(1) }, Token);
        Assert.Equal(TaskState.Scheduled, task.State);
        await Eventually.TrueAsync(() => !host.Groups.Digests.IsEmpty, "aggregated");

        Assert.Equal(["notes in default: later"], host.Groups.Digests);
        Assert.Empty(host.Groups.Singles);
    }

    [Theory, EachBackend]
    public async Task A_batch_can_be_scheduled_and_unique(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await StartAsync(database);
        host.Groups.Notes = static (_, texts, _) => new(new AggregateResult<Digest>(
            new Digest("late", texts), new() { TaskId = "batch", ProcessIn = TimeSpan.FromSeconds(1), UniqueFor = TimeSpan.FromHours(1) }));

        await host.Client.EnqueueAsync(new Note("x"), new() { Group = "one" }, Token);
        await Eventually.TrueAsync(
            async () => await host.Inspector.GetTaskAsync("default", "batch", Token) is { State: TaskState.Scheduled }, "scheduled");
        var duplicate = await host.Client.TryEnqueueAsync(
            new Digest("late", ["x"]), new() { UniqueFor = TimeSpan.FromHours(1) }, Token);
        await Eventually.TrueAsync(() => !host.Groups.Digests.IsEmpty, "run");

        Assert.Equal(EnqueueStatus.Duplicate, duplicate.Status);
        Assert.Equal(["late in default: x"], host.Groups.Digests);
    }

    [Theory, EachBackend]
    public async Task Every_type_of_a_group_goes_its_own_way_and_nothing_is_lost(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var jobs = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var attempts = 0;
        await using var host = await TestHost.StartAsync(
            database,
            (job, _, _) =>
            {
                jobs.Enqueue(job.Text);
                return Task.CompletedTask;
            },
            static options => options.GroupGracePeriod = TimeSpan.FromSeconds(1));
        host.Groups.Memos = (group, texts, _) => new(Interlocked.Increment(ref attempts) == 1
            ? AggregateResult<Digest>.Nothing
            : new Digest($"memos of {group.TaskIds.Count}", texts));
        var options = new EnqueueOptions { Group = "mixed" };

        await host.Client.EnqueueAsync(new Note("1"), options, Token);
        await host.Client.EnqueueAsync(new Memo("m"), options, Token);
        await host.Client.EnqueueAsync(new Job("nobody aggregates it"), options, Token);
        var garbled = await host.Client.EnqueueAsync(new GarbledNote(), options, Token);
        await host.Client.EnqueueAsync(new Note("2"), options, Token);
        await Eventually.TrueAsync(
            () => host.Groups.Digests.SelectMany(digest => digest[(digest.IndexOf(':') + 2)..].Split(", ")).Count() == 3
                && jobs.Count == 1,
            "aggregated, or run singly");

        Assert.Equal(
            ["1", "2"],
            host.Groups.Digests.Where(digest => digest.StartsWith("notes in default: ", StringComparison.Ordinal))
                .SelectMany(digest => digest["notes in default: ".Length..].Split(", ")).Order());
        Assert.Contains("memos of 1 in default: m", host.Groups.Digests);
        Assert.True(attempts >= 2, "The memos whose aggregator made nothing were not tried again.");
        Assert.Equal(["nobody aggregates it"], jobs);
        Assert.Empty(host.Groups.Singles);
        var archived = await host.InStateAsync(garbled, TaskState.Archived);
        Assert.Contains("payload", archived.LastError, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EachBackend]
    public async Task Two_servers_aggregate_every_task_once(Backend backend)
    {
        const int Count = 400;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var one = await StartAsync(database, static options => options.GroupMaxSize = 7);
        await using var two = await StartAsync(database, static options => options.GroupMaxSize = 7);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i =>
            one.Client.EnqueueAsync(new Note($"{i}"), new() { Group = $"group {i % 3}" }, Token)));
        IEnumerable<string> Texts() =>
            one.Groups.Digests.Concat(two.Groups.Digests).SelectMany(digest => digest[(digest.IndexOf(':') + 2)..].Split(", "));
        await Eventually.TrueAsync(() => Texts().Count() >= Count, "all aggregated");

        Assert.Equal(Enumerable.Range(0, Count), Texts().Select(text => int.Parse(text, null)).Order());
        Assert.Empty(one.Groups.Singles.Concat(two.Groups.Singles));
    }

    private static Task<TestHost> StartAsync(TestDatabase database, Action<AsynqServerOptions>? configure = null) =>
        TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask, options =>
        {
            options.GroupGracePeriod = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });
}

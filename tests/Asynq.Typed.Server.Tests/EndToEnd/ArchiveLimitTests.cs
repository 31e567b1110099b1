using Asynq.Typed.Redis;
using Asynq.Typed.Server.Tests.Components;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>The limits of the archive as options of the server.</summary>
public sealed class ArchiveLimitTests
{
    private const int AboveGo = 10_003;
    private const string Archived = "asynq:{default}:archived";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.ArchiveMaxSize))]
    public async Task The_archive_keeps_as_many_as_the_option_says_whoever_archives(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database,
            static (job, _, _) => throw new SkipRetryException(job.Text),
            static options => options.ArchiveMaxSize = 2);

        foreach (var id in (string[])["1", "2", "3"])
        {
            var task = await host.Client.EnqueueAsync(new Job(id), new() { TaskId = id }, Token);
            await host.InStateAsync(task, TaskState.Archived);
        }

        Assert.Equal(2, await database.Database.SortedSetLengthAsync(Archived));
        Assert.Null(await host.Inspector.GetTaskAsync("default", "1", Token));

        var later = await host.Client.EnqueueAsync(
            new Job("4"), new() { TaskId = "4", ProcessIn = TimeSpan.FromHours(1) }, Token);
        var broker = await host.Services.GetRequiredService<BrokerSource>().GetAsync(Token);
        await broker.ArchiveTaskAsync("default", later.Id, Token);

        Assert.Equal(2, await database.Database.SortedSetLengthAsync(Archived));
        Assert.Null(await host.Inspector.GetTaskAsync("default", "2", Token));
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.ArchiveMaxAge))]
    public async Task An_archived_task_goes_when_it_is_older_than_the_option_says(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => throw new SkipRetryException("x"),
            static options => options.ArchiveMaxAge = TimeSpan.FromMinutes(5),
            backend);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("old"), Token);
        server.Runtime.Start();
        await Eventually.TrueAsync(async () => await server.StateAsync("old") == TaskState.Archived, "archived");

        server.Time.Advance(TimeSpan.FromMinutes(4));
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("middle"), Token);
        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromMilliseconds(100), async () => await server.StateAsync("middle") == TaskState.Archived);
        Assert.Equal(TaskState.Archived, await server.StateAsync("old"));

        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("new"), Token);
        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromMilliseconds(100), async () => await server.StateAsync("new") == TaskState.Archived);

        Assert.Null(await server.StateAsync("old"));
        Assert.Equal(TaskState.Archived, await server.StateAsync("middle"));
    }

    [Theory]
    [EachBackend]
    public async Task More_than_Go_can_bear_is_refused_while_a_Go_server_shares_the_queue(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => throw new SkipRetryException("x"),
            static options => options.ArchiveMaxSize = AboveGo,
            backend);
        await FillArchiveAsync(server, AboveGo);
        server.Runtime.Start();
        await ArchiveOneAsync(server, "alone");
        Assert.Equal(AboveGo, await server.Database.Database.SortedSetLengthAsync(Archived));

        await GoServer.WriteAsync(server.Broker, "another");
        await GoServer.WriteAsync(server.Broker, "default");
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => Refusals(server) > 0);
        await ArchiveOneAsync(server, "shared");

        Assert.Equal(10_000, await server.Database.Database.SortedSetLengthAsync(Archived));
        Assert.Equal(1, Refusals(server));
        Assert.Equal(AboveGo, server.Broker.Archive.MaxSizeOf("free"));
        Assert.Equal(10_000, server.Broker.Archive.MaxSizeOf("another"));

        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromSeconds(10), () => server.Broker.Archive.MaxSizeOf("default") == AboveGo);
        Assert.Equal(1, Refusals(server));
    }

    private static int Refusals(RuntimeFixture server) => server.Log.Lines.Count(
        line => line.Text.StartsWith($"ArchiveMaxSize is {AboveGo}, but server go:1", StringComparison.Ordinal));

    private static async Task ArchiveOneAsync(RuntimeFixture server, string id)
    {
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(id), Token);
        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromMilliseconds(100), async () => await server.StateAsync(id) == TaskState.Archived);
    }

    private static async Task FillArchiveAsync(RuntimeFixture server, int count)
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds() - 1;
        await server.Database.Database.SortedSetAddAsync(
            Archived,
            [.. Enumerable.Range(0, count).Select(i => new StackExchange.Redis.SortedSetEntry($"filler-{i}", now))]);
    }
}

using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>
/// Handlers that block the threads of the pool on which all else of the server runs too. In a process of its own: the pool is
/// that of the whole process.
/// </summary>
public sealed class BlockingHandlerTests
{
    private const int Tasks = 60;
    private const string PoolStarved = "63";

    // Each handler blocks its thread for 12 s: four leases.
    private static readonly (string, string)[] ShortLease =
    [
        ("HeartbeatInterval", "00:00:00.5"),
        ("LeaseDuration", "00:00:03"),
        ("LeaseGrace", "00:00:01"),
        ("RecovererInterval", "00:00:00.5"),
        ("ShutdownTimeout", "00:00:01"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("block")]
    [InlineData("block-later")]
    public async Task All_start_before_the_first_ends_and_keep_their_leases(string type)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, cancellationToken: Token);
        foreach (var id in Enumerable.Range(0, Tasks))
        {
            await client.EnqueueAsync(TaskRequest.CreateRaw(type, default, new() { TaskId = $"{id}" }), Token);
        }

        await using var blocked = ServerNode.Launch(database, [("Concurrency", $"{Tasks}"), .. ShortLease]);
        await Eventually.TrueAsync(() => blocked.Began.Any(), "the first begins");
        var queue = Keys.Of("default");
        await Eventually.TrueAsync(
            async () => await database.Database.ListLengthAsync(queue.Active) == Tasks, "all are fetched");

        // This one takes over whatever loses its lease.
        await using var other = ServerNode.Launch(database, [("Concurrency", "1"), .. ShortLease]);
        await Eventually.TrueAsync(() => blocked.Ended.Any(), "the first ends");
        Assert.Equal(Tasks, blocked.Began.Count());

        await Eventually.TrueAsync(
            async () => await database.Database.ListLengthAsync(queue.Active) == 0, "Redis knows the end of each");

        // What a process prints takes a way of its own.
        await Eventually.TrueAsync(() => blocked.Ended.Distinct().Count() == Tasks, "each has said that it ended");
        Assert.Equal(Tasks, blocked.Began.Count());
        Assert.Empty(other.Began);
        Assert.Single(blocked.Warned, static warned => warned == PoolStarved);
        Assert.DoesNotContain(PoolStarved, other.Warned);
        Assert.Equal(Tasks, (int)await database.Database.StringGetAsync(queue.Processed));
        Assert.False(await database.Database.KeyExistsAsync(queue.Failed));
    }
}

using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Client.Tests;

/// <summary>A task that is unique by some of its members.</summary>
[AsynqTask("shop:order", UniqueForSeconds = 600)]
internal sealed partial record Order([UniqueKey] long Number, string Note);

/// <summary>Members that a task is unique by, from the generated code to the lock in Redis.</summary>
public sealed class GeneratedUniqueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_task_is_refused_for_the_same_key_whatever_its_other_members_are(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var first = await client.EnqueueAsync(new Order(1, "first"), null, Token);
        var results = await client.EnqueueManyAsync([new Order(1, "again"), new Order(2, "first")], null, Token).ToListAsync(Token);

        Assert.Equal(EnqueueStatus.Duplicate, (await client.TryEnqueueAsync(new Order(2, "again"), null, Token)).Status);
        Assert.Equal([EnqueueStatus.Duplicate, EnqueueStatus.Enqueued], results.Select(result => result.Status));
        Assert.Equal(2, await database.Database.ListLengthAsync("asynq:{default}:pending"));

        // The MD5 of a MessagePack map of the one member: 81 A6 "Number" 01.
        Assert.Equal(
            first.Id, await database.Database.StringGetAsync("asynq:{default}:unique:shop:order:b28c1cdb9eb014c1381921ceb6a6a16c"));
    }
}

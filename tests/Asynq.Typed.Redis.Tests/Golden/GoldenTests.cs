using System.Text.Json.Nodes;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>
/// Every recorded operation of the reference, run by the broker: the database before it is restored, the clock is set,
/// and what comes of it is compared in full.
/// </summary>
public sealed class GoldenTests
{
    private const int RowsOfThisProject = 99;

    private static readonly Dictionary<string, Func<GoldenCall, Task<GoldenReply>>> Operations =
        new(TaskOperations.All.Concat(InspectOperations.All).Concat(ServerOperations.All), StringComparer.Ordinal);

    public static TheoryData<string, Backend> Rows => [.. GoldenRows.Names
        .SelectMany(_ => Enum.GetValues<Backend>(), (name, backend) => (name, backend))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Rows))]
    public async Task An_operation_does_what_the_reference_did(string name, Backend backend)
    {
        var row = GoldenRows.Of(name);
        Assert.True(Operations.TryGetValue(row.Operation, out var operation), $"No call for operation '{row.Operation}'.");
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await row.Before.RestoreAsync(database.Database);
        var clock = new GoldenClock(row.Clock);
        var broker = new Redis.Broker(RedisConnection.Wrap(database.Multiplexer), clock);

        var reply = await operation(new GoldenCall(broker, row, clock.GetUtcNow(), Ct));

        var (expected, actual) = (row.After, await Snapshot.ReadAsync(database.Database, Ct));
        if (reply.Substitute is { } id)
        {
            actual.Substitute(id.Ours, id.Recorded);
        }

        Assert.Equal(row.Error, reply.Error);
        AssertResult(row, reply.Result);
        PermittedDifferences.Apply(row, expected, actual);
        var differences = expected.DifferencesOf(actual);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void No_row_is_missing() =>
        Assert.Equal(RowsOfThisProject, GoldenRows.Names.Count(name => !name.StartsWith("ASYNQ_GOLDEN", StringComparison.Ordinal)));

    private static void AssertResult(GoldenRow row, JsonNode? result)
    {
        var isTaskInfo = row.Operation == "GetTaskInfo" || row.Operation.StartsWith("List", StringComparison.Ordinal);
        var recorded = GoldenJson.Comparable(row.Result, isTaskInfo && row.Operation != "ListLeaseExpired");
        Assert.True(
            JsonNode.DeepEquals(recorded, result),
            $"expected {recorded?.ToJsonString() ?? "nothing"}\nfound    {result?.ToJsonString() ?? "nothing"}");
    }
}

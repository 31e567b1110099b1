using Asynq.Typed.Benchmarks.Load.Rows;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>The rows that there are, and those that a run was asked for.</summary>
internal static class RowSet
{
    private static readonly Row[] Usual =
    [
        new ProcessingRow(10),
        new ProcessingRow(100),
        new EnqueueRow(),
        new StartLatencyRow(),
        new DueRow(1),
        new DueRow(1_000),
        new DueRow(100_000),
        new DueSecondRow(),
        new IdleCallsRow(),
        new AllocationRow(),
    ];

    private static readonly Row[] Full =
    [
        GrowthRow.Pending,
        GrowthRow.Concurrency,
        GrowthRow.Queues,
        GrowthRow.Payload,
        new LargePayloadRow(),
        new MemoryRow(),
        new NativeRow(),
        new ProfileRow(10),
        new ProfileRow(100),
    ];

    private static readonly Row[] Peers = [new PeerRow(10), new PeerRow(100)];

    internal static IEnumerable<string> Names => All.Select(row => row.Name);

    private static IEnumerable<Row> All => Usual.Concat(Full).Concat(Peers);

    /// <exception cref="ArgumentException">There is no row of a name.</exception>
    internal static IReadOnlyList<Row> Chosen(LoadOptions options)
    {
        if (options.Only.Count == 0)
        {
            return [.. Usual, .. options.Full ? Full : [], .. options.Peers ? Peers : []];
        }

        var asked = options.Only.SelectMany(Named).ToHashSet();
        return [.. All.Where(asked.Contains)];
    }

    private static IEnumerable<Row> Named(string name)
    {
        List<Row> rows = [.. All.Where(row => row.Name == name)];
        if (rows.Count == 0)
        {
            rows = [.. All.Where(row => row.Name.StartsWith(name, StringComparison.Ordinal))];
        }

        return rows.Count > 0
            ? rows
            : throw new ArgumentException($"There is no row '{name}'. There are: {string.Join(", ", Names)}.");
    }
}

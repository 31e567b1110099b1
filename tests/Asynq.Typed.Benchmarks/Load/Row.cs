namespace Asynq.Typed.Benchmarks.Load;

/// <summary>One row of the table, or several that come out of the same runs.</summary>
internal abstract class Row
{
    /// <summary>What <c>--only</c> calls it.</summary>
    internal abstract string Name { get; }

    internal abstract Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench);
}

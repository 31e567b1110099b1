namespace Asynq.Typed.Benchmarks.Load;

/// <summary>One line of the table.</summary>
/// <param name="Row">The row's name.</param>
/// <param name="What">What was measured.</param>
/// <param name="Unit">The unit of figure and ceiling.</param>
/// <param name="Figure">The median of the repeats.</param>
/// <param name="Target">The target, in words.</param>
/// <param name="IsMet">Whether it was met; <c>null</c> where there is none.</param>
internal sealed record Measurement(string Row, string What, string Unit, double Figure, string Target, bool? IsMet)
{
    /// <summary>The limit that the figure is held against.</summary>
    internal double? Ceiling { get; init; }

    /// <summary>The figure as a part of the ceiling: the median of the ratios of runs that were made one after the other.</summary>
    internal double? Ratio { get; init; }

    /// <summary>How far the repeats lie apart: (greatest − least) / median.</summary>
    internal double? Spread { get; init; }

    /// <summary>What the figure rests on: batch sizes, samples.</summary>
    internal string Detail { get; init; } = "";
}

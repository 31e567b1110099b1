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

    /// <summary>The line of a row that could not be measured.</summary>
    internal static Measurement Failed(string row, Exception exception) =>
        new(row, "could not be measured", "", double.NaN, "", IsMet: false) { Detail = Line(exception) };

    private static string Line(Exception exception) =>
        $"{exception.GetType().Name}: {exception.Message}".ReplaceLineEndings(" ").Replace('|', '/');
}

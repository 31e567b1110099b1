namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Figures of repeated runs.</summary>
internal static class Repeats
{
    internal static double Median(this IEnumerable<double> values) => values.Percentile(50);

    internal static double Percentile(this IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        var rank = percent / 100 * (sorted.Length - 1);
        var below = (int)Math.Floor(rank);
        var above = (int)Math.Ceiling(rank);
        return sorted[below] + ((sorted[above] - sorted[below]) * (rank - below));
    }

    internal static double Spread(this IReadOnlyCollection<double> values) => (values.Max() - values.Min()) / values.Median();

    /// <summary>A line of the table from runs of the figure and of its ceiling that were made in turn.</summary>
    internal static Measurement Against(
        string row, string what, string unit, IReadOnlyList<(double Figure, double Ceiling)> pairs, double least)
    {
        var ratio = pairs.Select(pair => pair.Figure / pair.Ceiling).Median();
        double[] figures = [.. pairs.Select(pair => pair.Figure)];
        return new Measurement(row, what, unit, figures.Median(), $"≥ {least:P0} of the ceiling", ratio >= least)
        {
            Ceiling = pairs.Select(pair => pair.Ceiling).Median(),
            Ratio = ratio,
            Spread = figures.Spread(),
        };
    }
}

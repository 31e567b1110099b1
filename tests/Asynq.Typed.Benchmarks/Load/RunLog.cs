namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What a run has measured so far.</summary>
internal sealed class RunLog
{
    private readonly List<Measurement> _lines = [];
    private readonly List<(string Row, TimeSpan Time)> _took = [];

    /// <summary>What it was measured on, as it was when the run began.</summary>
    internal string? Machine { get; set; }

    internal IReadOnlyList<Measurement> Lines => _lines;

    /// <summary>How long each row took.</summary>
    internal IReadOnlyList<(string Row, TimeSpan Time)> Took => _took;

    internal void Add(string row, IReadOnlyList<Measurement> lines, TimeSpan took)
    {
        _lines.AddRange(lines);
        _took.Add((row, took));
    }
}

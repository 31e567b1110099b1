namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What rounds of a run add up to.</summary>
/// <param name="Measured">The tasks between warm-up and end.</param>
/// <param name="Took">The time of those.</param>
/// <param name="Run">All tasks.</param>
/// <param name="Use">What Redis did for all.</param>
internal readonly record struct SizedResult(long Measured, TimeSpan Took, long Run, RedisUse Use)
{
    internal double TasksPerSecond => Measured / Took.TotalSeconds;

    /// <summary>Tasks in a script call; each is fetched by one and finished by another.</summary>
    internal double Batch => 2.0 * Run / Use.Calls;

    internal double ScriptMicrosecondsPerTask => Use.Microseconds / (double)Run;

    public static SizedResult operator +(SizedResult one, SizedResult other) =>
        new(one.Measured + other.Measured, one.Took + other.Took, one.Run + other.Run, one.Use + other.Use);
}

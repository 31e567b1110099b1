namespace Asynq.Typed.Analyzers.Values;

/// <summary>How far names are followed: enough for any that people write, and an end to those that go in circles.</summary>
internal readonly struct Depth
{
    private const int Most = 8;

    private readonly int _steps;

    private Depth(int steps) => _steps = steps;

    internal static Depth Start => default;

    internal Depth? Next => _steps < Most ? new Depth(_steps + 1) : null;
}

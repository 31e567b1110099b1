namespace Asynq.Typed.Benchmarks.Load;

/// <summary>As <see cref="ClientUse"/>, for one task.</summary>
internal sealed record ClientShare(
    IReadOnlyDictionary<string, double> Cpu, double WorkItems, double Contentions, double PauseMicroseconds)
{
    internal static readonly ClientShare None = new(new Dictionary<string, double>(), 0, 0, 0);
}

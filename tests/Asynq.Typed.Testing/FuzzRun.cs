using System.Diagnostics;
using System.Globalization;

namespace Asynq.Typed.Testing;

/// <summary>
/// A fuzz loop's random numbers and its time: 2 s by default, so that the whole suite stays quick. The environment variables
/// <c>ASYNQ_FUZZ_SECONDS</c> and <c>ASYNQ_FUZZ_SEED</c> make it longer, or repeat one that found something.
/// </summary>
public sealed class FuzzRun
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeSpan _time = TimeSpan.FromSeconds(Number("ASYNQ_FUZZ_SECONDS") ?? 2);

    /// <summary>Starts a run.</summary>
    public FuzzRun()
    {
        Seed = Number("ASYNQ_FUZZ_SEED") ?? Environment.TickCount;
        Random = new Random(Seed);
    }

    /// <summary>What repeats the run.</summary>
    public int Seed { get; }

    /// <summary>The run's random numbers.</summary>
    public Random Random { get; }

    /// <summary>How many rounds were begun.</summary>
    public int Rounds { get; private set; }

    /// <summary>Begins a round, as long as there is time; at least one.</summary>
    public bool Next() => Rounds++ == 0 || _clock.Elapsed < _time;

    /// <summary>Fails, naming the seed.</summary>
    public Exception Fault(string what, Exception? cause = null) =>
        new InvalidOperationException($"{what} Repeat with ASYNQ_FUZZ_SEED={Seed} (round {Rounds}).", cause);

    /// <summary>The bytes with a few of them changed, cut off or put twice.</summary>
    public byte[] Damage(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return bytes;
        }

        byte[] damaged = [.. bytes];
        for (var changes = Random.Next(1, 6); changes > 0; changes--)
        {
            damaged[Random.Next(damaged.Length)] = (byte)Random.Next(256);
        }

        return Random.Next(6) switch
        {
            0 => damaged[..Random.Next(damaged.Length)],
            1 => [.. damaged, .. damaged[Random.Next(damaged.Length)..]],
            _ => damaged,
        };
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}

using System.Globalization;

namespace Asynq.Typed.Torture.Tasks;

/// <summary>Draws tasks of all kinds, the same for the same seed.</summary>
internal sealed class TaskMix(Random random, IReadOnlyList<string> queues)
{
    private const int Keys = 40;
    private const int Groups = 4;

    /// <summary>Longer than any run: what completed must still be there when the keys are counted.</summary>
    public static readonly TimeSpan LongRetention = TimeSpan.FromHours(4);

    private static readonly TimeSpan ShortRetention = TimeSpan.FromSeconds(2);

    public PlannedEnqueue Next(string id)
    {
        var options = new EnqueueOptions { TaskId = id, Queue = queues[random.Next(queues.Count)] };
        return random.Next(100) switch
        {
            < 34 => ChoreOf(id, "plain", Ways.Plain, 0, options),
            < 42 => ChoreOf(id, "slow", Ways.Slow, 0, options, random.Next(1_000, 5_000)),
            < 47 => ChoreOf(id, "scheduled", Ways.Plain, 0, options with { ProcessIn = Milliseconds(300, 4_000) }),
            < 52 => DueOf(id, options with { ProcessAt = DateTimeOffset.UtcNow + Milliseconds(300, 4_000) }),
            < 62 => ChoreOf(id, "retried", Ways.Throw, random.Next(1, 4), options),
            < 70 => ChoreOf(id, "result", Ways.Result, 0, options with { Retention = LongRetention }),
            < 74 => ChoreOf(id, "retained", Ways.Result, 0, options with { Retention = ShortRetention }),
            < 76 => ChoreOf(id, "hang", Ways.Hang, 1, options with { Timeout = TimeSpan.FromSeconds(2) }),
            < 77 => ChoreOf(id, "deaf", Ways.Deaf, 1, options with { Timeout = TimeSpan.FromSeconds(2) }),
            < 78 => ChoreOf(id, Kinds.Archived, Ways.Skip, int.MaxValue, options),
            < 88 => SoleOf(id, options),
            _ => PieceOf(id, options),
        };
    }

    /// <summary>A chore of a given way, which a fault wants.</summary>
    public static PlannedEnqueue ChoreOf(
        string id, string kind, string way, int failures, EnqueueOptions options, int milliseconds = 50) =>
        new(id, kind, options.Queue!, TaskRequest.Create(new Chore(way, milliseconds, failures), options));

    private PlannedEnqueue ChoreOf(string id, string kind, string way, int failures, EnqueueOptions options) =>
        ChoreOf(id, kind, way, failures, options, random.Next(5, 300));

    private PlannedEnqueue DueOf(string id, EnqueueOptions options) =>
        ChoreOf(id, "due", Ways.Plain, 0, options) with { Due = options.ProcessAt };

    private PlannedEnqueue SoleOf(string id, EnqueueOptions options)
    {
        var key = random.Next(Keys).ToString(CultureInfo.InvariantCulture);
        return new(id, "unique", options.Queue!, TaskRequest.Create(new Sole(key), options), $"{options.Queue}/{key}");
    }

    private PlannedEnqueue PieceOf(string id, EnqueueOptions options) => new(
        id,
        Kinds.Grouped,
        options.Queue!,
        TaskRequest.Create(
            new Piece(id),
            options with { Group = string.Create(CultureInfo.InvariantCulture, $"group-{random.Next(Groups)}") }));

    private TimeSpan Milliseconds(int from, int to) => TimeSpan.FromMilliseconds(random.Next(from, to));
}

/// <summary>Kinds of tasks that the verdict asks for by name.</summary>
internal static class Kinds
{
    /// <summary>Its handler refuses it for good: it must be archived.</summary>
    public const string Archived = "archived";

    /// <summary>It is done when the bundle is that it became part of.</summary>
    public const string Grouped = "grouped";

    /// <summary>No handler can take it: it must be archived without having been run.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Put into Redis past the library, and no task as it should be: it must be archived.</summary>
    public const string Poisoned = "poisoned";

    /// <summary>Sent to one worker alone when all was mended: it must be run by it.</summary>
    public const string Own = "own";

    /// <summary>Its attempts are told to end by their timeout.</summary>
    public static readonly string[] WithTimeout = ["hang", "deaf", Ways.StoneDeaf];

    /// <summary>What is to end in the archive.</summary>
    public static bool IsArchived(string kind) => kind is Archived or Unreadable or Poisoned;
}

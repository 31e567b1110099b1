using System.Globalization;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens to what is in the queues, and tasks that kill those who run them.</summary>
internal static class ContentFaults
{
    /// <summary>What the ids start with of what the run itself has put into Redis, past the library.</summary>
    public const string PoisonPrefix = "poison-";

    /// <summary>Only a worker whose memory is limited takes tasks from this queue.</summary>
    public const string HungryQueue = "hungry";

    /// <summary>KEYS: pending, active, lease, task, lock; ARGV: id, a time that has passed (Unix s).</summary>
    private static readonly Dictionary<string, string> Poisons = new()
    {
        ["undecodable"] = "redis.call('HSET', KEYS[4], 'msg', 'no message', 'state', 'pending') redis.call('LPUSH', KEYS[1], ARGV[1])",
        ["no-message"] = "redis.call('HSET', KEYS[4], 'state', 'pending') redis.call('LPUSH', KEYS[1], ARGV[1])",
        ["no-hash"] = "redis.call('LPUSH', KEYS[1], ARGV[1])",
        ["wrong-type"] = "redis.call('SET', KEYS[4], 'a string') redis.call('LPUSH', KEYS[1], ARGV[1])",
        ["undecodable-active"] =
            "redis.call('HSET', KEYS[4], 'msg', 'no message', 'state', 'active') redis.call('LPUSH', KEYS[2], ARGV[1]) "
            + "redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])",
        ["wrong-type-active"] =
            "redis.call('SET', KEYS[4], 'a string') redis.call('LPUSH', KEYS[2], ARGV[1]) redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])",
        ["lease-alone"] = "redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])",
        ["active-alone"] = "redis.call('LPUSH', KEYS[2], ARGV[1])",
    };

    /// <summary>Those that must be kept in the archive; of the others there is nothing to keep.</summary>
    private static readonly string[] Kept = ["undecodable", "no-message", "wrong-type", "undecodable-active", "wrong-type-active"];

    private static int _last;

    public static IEnumerable<Fault> All =>
    [
        new("poison", Lane.Content, PoisonAsync),
        new("unreadable", Lane.Content, UnreadableAsync),
        new("die-before", Lane.Content, (stage, random) => DieAsync(stage, random, Ways.DieBefore)),
        new("die-within", Lane.Content, (stage, random) => DieAsync(stage, random, Ways.DieWithin)),
        new("die-after", Lane.Content, (stage, random) => DieAsync(stage, random, Ways.DieAfter)),
        new(Ways.StoneDeaf, Lane.Content, DeafenAsync),
        new("hungry", Lane.Content, (stage, random) => DieAsync(stage, random, Ways.Hungry)),
    ];

    private static async Task PoisonAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin("poison", FaultLog.Nobody, string.Join(' ', Poisons.Keys));
        var past = (DateTimeOffset.UtcNow - TimeSpan.FromHours(1)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        foreach (var (kind, script) in Poisons)
        {
            await PutAsync(stage, kind, script, Pick(stage, random), past);
        }
    }

    private static async Task PutAsync(Stage stage, string kind, string script, string queue, string past)
    {
        var id = NewId(PoisonPrefix + kind);
        var isKept = Kept.Contains(kind);
        if (isKept)
        {
            stage.Client.WriteIntent(id, Kinds.Poisoned, queue);
        }

        var isThere = await stage.Raw.TryRunAsync(script, queue, id, past);
        if (isKept && isThere)
        {
            stage.Client.WriteAccepted(id);
        }
    }

    private static async Task UnreadableAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin("unreadable", FaultLog.Nobody);
        var queue = Pick(stage, random);
        await SendAsync("torture:unheard-of", TaskRequest.Create(new Sole("x")).Payload);
        await SendAsync(TaskTypes.Chore, TaskRequest.Create(new Bundle(["x"])).Payload);
        await SendAsync(TaskTypes.Chore, new byte[] { 0xC1, 0xFF });

        Task SendAsync(string type, ReadOnlyMemory<byte> payload)
        {
            var id = NewId(Kinds.Unreadable);
            var request = TaskRequest.CreateRaw(type, payload, new EnqueueOptions { TaskId = id, Queue = queue });
            return stage.Client.EnqueueAsync(new PlannedEnqueue(id, Kinds.Unreadable, queue, request));
        }
    }

    private static async Task DieAsync(Stage stage, Random random, string way)
    {
        var queue = way == Ways.Hungry ? HungryQueue : Pick(stage, random);
        using var log = stage.Log.Begin(way, FaultLog.Nobody, queue);
        var options = new EnqueueOptions { TaskId = NewId(way), Queue = queue };
        await stage.Client.EnqueueAsync(TaskMix.ChoreOf(options.TaskId, way, way, 1, options));
    }

    /// <summary>A handler that never returns, whatever its token says: its task and its slot are given to others.</summary>
    private static async Task DeafenAsync(Stage stage, Random random)
    {
        var queue = Pick(stage, random);
        using var log = stage.Log.Begin(Ways.StoneDeaf, FaultLog.Nobody, queue);
        var options = new EnqueueOptions { TaskId = NewId(Ways.StoneDeaf), Queue = queue, Timeout = TimeSpan.FromSeconds(2) };
        await stage.Client.EnqueueAsync(TaskMix.ChoreOf(options.TaskId, Ways.StoneDeaf, Ways.StoneDeaf, 1, options));
    }

    private static string Pick(Stage stage, Random random) => stage.Queues[random.Next(stage.Queues.Count)];

    private static string NewId(string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}.{Interlocked.Increment(ref _last)}");
}

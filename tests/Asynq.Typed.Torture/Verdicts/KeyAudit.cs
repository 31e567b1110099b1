using System.Text.RegularExpressions;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Topologies;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>What is in Redis, key by key, by the rules of the protocol.</summary>
internal sealed partial class KeyAudit
{
    private const string Tasks = "t:";
    private const string Locks = "unique:";
    private const string GroupSets = "g:";

    private static readonly string[] Lists = ["pending", "active"];
    private static readonly string[] Sets = ["lease", "scheduled", "retry", "archived", "completed"];
    private static readonly string[] Figures = ["processed", "failed", "x:lock"];

    /// <summary>Keys of the library's own, which must expire by themselves.</summary>
    private const string Own = "x:";

    private static readonly string[] OfNoQueue = ["asynq:queues", "asynq:servers", "asynq:workers", "asynq:schedulers"];

    /// <summary>Keys of processes, which must expire by themselves.</summary>
    private static readonly string[] OfProcesses = ["asynq:servers:{", "asynq:workers:{", "asynq:schedulers:{", "asynq:x:server:{"];

    private const string History = "asynq:scheduler_history:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, List<string>> _states = new(StringComparer.Ordinal);
    private readonly List<Finding> _findings = [];

    /// <summary>Every state that a task's id is listed in.</summary>
    public IReadOnlyList<string> StatesOf(string id) => _states.GetValueOrDefault(id) ?? [];

    public IEnumerable<string> Ids => _states.Keys;

    public IReadOnlyList<Finding> Findings => _findings;

    public int KeyCount { get; private set; }

    /// <param name="redis">Where they are read.</param>
    /// <param name="primaries">How many servers have keys of their own: to read fewer is to find less.</param>
    public static async Task<KeyAudit> OfAsync(RawRedis redis, int primaries = 1)
    {
        var audit = new KeyAudit();
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var server in await audit.PrimariesAsync(redis, primaries))
        {
            await foreach (var key in server.KeysAsync(pattern: "*", pageSize: 1_000))
            {
                keys.Add(key.ToString());
            }
        }

        audit.KeyCount = keys.Count;
        await audit.ReadAsync(redis.Database, keys);
        return audit;
    }

    private async Task<IReadOnlyList<IServer>> PrimariesAsync(RawRedis redis, int expected)
    {
        for (var end = DateTime.UtcNow + Patience; ;)
        {
            var primaries = redis.Primaries().ToList();
            if (primaries.Count == expected)
            {
                return primaries;
            }

            if (DateTime.UtcNow > end)
            {
                _findings.Add(new Finding(Fact.BrokenOff, $"the keys of {primaries.Count} of {expected} primaries could be read"));
                return primaries;
            }

            await redis.LookAgainAsync();
            await Task.Delay(500);
        }
    }

    private async Task ReadAsync(IDatabase database, SortedSet<string> keys)
    {
        var tasks = new List<(string Key, string Id)>();
        var locks = new List<(string Key, string Queue)>();
        foreach (var key in keys)
        {
            if (QueueKey().Match(key) is not { Success: true } match)
            {
                await ReadOfNoQueueAsync(database, key);
                continue;
            }

            var (queue, name) = (match.Groups[1].Value, match.Groups[2].Value);
            if (name.StartsWith(Tasks, StringComparison.Ordinal))
            {
                tasks.Add((key, name[Tasks.Length..]));
            }
            else if (name.StartsWith(Locks, StringComparison.Ordinal))
            {
                locks.Add((key, queue));
            }
            else
            {
                await ReadStateAsync(database, key, name);
            }
        }

        await CheckTasksAsync(database, tasks);
        CheckIds([.. tasks.Select(task => task.Id)]);
        await CheckLocksAsync(database, locks, keys);
    }

    private async Task ReadOfNoQueueAsync(IDatabase database, string key)
    {
        if (OfProcesses.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (!await ExpiresAsync(database, key))
            {
                _findings.Add(new Finding(Fact.Orphaned, $"key {key} does not expire"));
            }
        }
        else if (!OfNoQueue.Contains(key) && !key.StartsWith(History, StringComparison.Ordinal))
        {
            _findings.Add(new Finding(Fact.Orphaned, $"key {key} is not of this protocol"));
        }
    }

    private async Task ReadStateAsync(IDatabase database, string key, string name)
    {
        if (Lists.Contains(name))
        {
            Note(await database.ListRangeAsync(key), name);
        }
        else if (Sets.Contains(name))
        {
            Note(await database.SortedSetRangeByRankAsync(key), name);
        }
        else if (name.StartsWith(GroupSets, StringComparison.Ordinal))
        {
            Note(await database.SortedSetRangeByRankAsync(key), "group");
        }
        else if (name is "groups" or "aggregation_sets")
        {
            _findings.Add(new Finding(Fact.Stuck, $"{key} is not empty"));
        }
        else if (name.StartsWith(Own, StringComparison.Ordinal) && await ExpiresAsync(database, key))
        {
            return;
        }
        else if (!Figures.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            _findings.Add(new Finding(Fact.Orphaned, $"key {key} is not of this protocol"));
        }
    }

    /// <summary>Whether a key goes by itself, or has gone so since it was listed.</summary>
    private static async Task<bool> ExpiresAsync(IDatabase database, string key) =>
        await database.KeyTimeToLiveAsync(key) is not null || !await database.KeyExistsAsync(key);

    private void Note(RedisValue[] ids, string state)
    {
        foreach (var id in ids.Select(id => id.ToString()))
        {
            if (!_states.TryGetValue(id, out var states))
            {
                _states.Add(id, states = []);
            }

            states.Add(state);
        }
    }

    private async Task CheckTasksAsync(IDatabase database, List<(string Key, string Id)> tasks)
    {
        foreach (var (key, id) in tasks.Where(task => StatesOf(task.Id).Count == 0))
        {
            var isHash = await database.KeyTypeAsync(key) == RedisType.Hash;
            var state = isHash ? (string?)await database.HashGetAsync(key, "state") : "no hash";
            _findings.Add(new Finding(Fact.Orphaned, $"task key {key} (state {state}) is in no list: {id}"));
        }
    }

    private void CheckIds(HashSet<string> tasks)
    {
        foreach (var (id, states) in _states)
        {
            if (!tasks.Contains(id))
            {
                _findings.Add(new Finding(Fact.Stuck, $"{id} is in {string.Join(", ", states)} without a task"));
            }
            else if (states is not (["completed"] or ["archived"]))
            {
                _findings.Add(new Finding(Fact.Stuck, $"{id} is in {string.Join(", ", states)}"));
            }
            else if (id.StartsWith(ContentFaults.PoisonPrefix, StringComparison.Ordinal) && states is not ["archived"])
            {
                _findings.Add(new Finding(Fact.Stuck, $"{id} is in {string.Join(", ", states)}, not in archived"));
            }
        }
    }

    private async Task CheckLocksAsync(IDatabase database, List<(string Key, string Queue)> locks, SortedSet<string> keys)
    {
        foreach (var (key, queue) in locks)
        {
            var holder = ((string?)await database.StringGetAsync(key)) ?? "";
            if (!keys.Contains($"asynq:{{{queue}}}:{Tasks}{holder}") || StatesOf(holder) is ["completed"])
            {
                _findings.Add(new Finding(Fact.LeakedLock, $"{key} is held by {holder}, which is done"));
            }
        }
    }

    [GeneratedRegex(@"^asynq:\{(.+?)\}:(.+)$")]
    private static partial Regex QueueKey();
}

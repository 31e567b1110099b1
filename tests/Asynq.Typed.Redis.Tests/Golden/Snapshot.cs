using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using StackExchange.Redis;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>
/// A whole Redis database. Text is one character for each byte, so that any value can be held and compared.
/// </summary>
internal sealed class Snapshot
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _entries.Keys;

    public Entry? this[string key] => _entries.GetValueOrDefault(key);

    /// <summary>Reads the recorded form.</summary>
    public static Snapshot Parse(JsonObject recorded)
    {
        var snapshot = new Snapshot();
        foreach (var (key, node) in recorded)
        {
            var type = (string)node!["type"]!;
            snapshot._entries[key] = new Entry(type, Items(type, node["value"]!))
            {
                ExpireAt = (long?)node["expireAt"],
                Ttl = (long?)node["ttl"],
            };
        }

        return snapshot;
    }

    /// <summary>Reads a database.</summary>
    public static async Task<Snapshot> ReadAsync(IDatabase database, CancellationToken ct)
    {
        var snapshot = new Snapshot();
        foreach (var key in ((RedisKey[])(await database.ExecuteAsync("KEYS", "*"))!))
        {
            ct.ThrowIfCancellationRequested();
            var (type, items) = await ReadItemsAsync(database, key);
            var expireAt = (long)await database.ExecuteAsync("EXPIRETIME", key);
            var ttl = (long)await database.ExecuteAsync("TTL", key);
            snapshot._entries[key.ToString()] = new Entry(type, items)
            {
                ExpireAt = expireAt < 0 ? null : expireAt,
                Ttl = ttl < 0 ? null : ttl,
            };
        }

        return snapshot;
    }

    public void Remove(string key) => _entries.Remove(key);

    /// <summary>Puts the entry of one key under another name.</summary>
    public void Add(string key, Entry entry) => _entries[key] = entry;

    /// <summary>Writes everything into an empty database.</summary>
    public async Task RestoreAsync(IDatabase database)
    {
        foreach (var (name, entry) in _entries)
        {
            RedisKey key = Latin(name);
            foreach (var (left, right) in entry.Items)
            {
                await (entry.Type switch
                {
                    "string" => database.ExecuteAsync("SET", key, Latin(right)),
                    "hash" => database.ExecuteAsync("HSET", key, Latin(left), Latin(right)),
                    "list" => database.ExecuteAsync("RPUSH", key, Latin(right)),
                    "set" => database.ExecuteAsync("SADD", key, Latin(left)),
                    "zset" => database.ExecuteAsync("ZADD", key, right, Latin(left)),
                    _ => throw new InvalidDataException($"There is no type '{entry.Type}' ({name})."),
                });
            }

            if (entry.ExpireAt is { } at)
            {
                await database.ExecuteAsync("EXPIREAT", key, at);
            }
            else if (entry.Ttl is { } ttl)
            {
                await database.ExecuteAsync("EXPIRE", key, ttl);
            }
        }
    }

    /// <summary>Every difference of <paramref name="actual"/> from this, in words; none where both are equal.</summary>
    public IReadOnlyList<string> DifferencesOf(Snapshot actual)
    {
        var differences = new List<string>();
        foreach (var key in Keys.Union(actual.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (expected, found) = (this[key], actual[key]);
            if (expected is null)
            {
                differences.Add($"{key} should not be there: {found}");
            }
            else if (found is null)
            {
                differences.Add($"{key} is missing: {expected}");
            }
            else if (expected.ToString() != found.ToString())
            {
                differences.Add($"{key}\n    expected {expected}\n    found    {found}");
            }
            else if (!expected.ExpiresLike(found))
            {
                differences.Add($"{key} expires at {found.ExpireAt}, in {found.Ttl} s, "
                    + $"but should at {expected.ExpireAt}, or in {expected.Ttl} s (nothing: never)");
            }
        }

        return differences;
    }

    /// <summary>Replaces a text wherever it stands in keys, members and values.</summary>
    public void Substitute(string text, string by)
    {
        foreach (var (key, entry) in _entries.ToList())
        {
            _entries.Remove(key);
            for (var i = 0; i < entry.Items.Count; i++)
            {
                var (left, right) = entry.Items[i];
                entry.Items[i] = new(
                    left.Replace(text, by, StringComparison.Ordinal), right.Replace(text, by, StringComparison.Ordinal));
            }

            _entries[key.Replace(text, by, StringComparison.Ordinal)] = entry;
        }
    }

    private static List<KeyValuePair<string, string>> Items(string type, JsonNode value) => type switch
    {
        "string" => [new("", Text(value))],
        "hash" =>
        [
            .. value.AsObject().Select(field => new KeyValuePair<string, string>(field.Key, Text(field.Value!)))
                .OrderBy(field => field.Key, StringComparer.Ordinal),
        ],
        "list" => [.. value.AsArray().Select(item => new KeyValuePair<string, string>("", Text(item!)))],
        "set" =>
        [
            .. value.AsArray().Select(item => new KeyValuePair<string, string>(Text(item!), ""))
                .OrderBy(item => item.Key, StringComparer.Ordinal),
        ],
        "zset" => [.. value.AsArray().Select(pair => new KeyValuePair<string, string>(Text(pair![0]!), Score((double)pair[1]!)))],
        _ => throw new InvalidDataException($"There is no type '{type}'."),
    };

    private static async Task<(string Type, List<KeyValuePair<string, string>> Items)> ReadItemsAsync(
        IDatabase database, RedisKey key)
    {
        var type = await database.KeyTypeAsync(key);
        return type switch
        {
            RedisType.String => ("string", [new("", Text(await database.StringGetAsync(key)))]),
            RedisType.Hash => ("hash",
            [
                .. (await database.HashGetAllAsync(key))
                    .Select(field => new KeyValuePair<string, string>(Text(field.Name), Text(field.Value)))
                    .OrderBy(field => field.Key, StringComparer.Ordinal),
            ]),
            RedisType.List => ("list",
                [.. (await database.ListRangeAsync(key)).Select(item => new KeyValuePair<string, string>("", Text(item)))]),
            RedisType.Set => ("set",
            [
                .. (await database.SetMembersAsync(key)).Select(item => new KeyValuePair<string, string>(Text(item), ""))
                    .OrderBy(item => item.Key, StringComparer.Ordinal),
            ]),
            RedisType.SortedSet => ("zset",
            [
                .. (await database.SortedSetRangeByRankWithScoresAsync(key))
                    .Select(pair => new KeyValuePair<string, string>(Text(pair.Element), Score(pair.Score))),
            ]),
            _ => throw new InvalidDataException($"Key {key} is of type {type}, which the protocol does not use."),
        };
    }

    private static string Text(JsonNode value) => value is JsonObject
        ? Encoding.Latin1.GetString(Convert.FromBase64String((string)value["b64"]!))
        : (string)value!;

    private static string Text(RedisValue value) => Encoding.Latin1.GetString((byte[])value!);

    private static string Score(double score) => score.ToString("R", CultureInfo.InvariantCulture);

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}

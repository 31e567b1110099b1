using System.Text;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>One key of a database.</summary>
/// <param name="type">string, hash, list, set or zset.</param>
/// <param name="items">
/// Field and value of a hash, by field; member and score of a sorted set, in order; member of a set, in order; nothing
/// and value of a list, from head to tail, or of a string.
/// </param>
internal sealed class Entry(string type, List<KeyValuePair<string, string>> items)
{
    public string Type { get; } = type;

    public List<KeyValuePair<string, string>> Items { get; } = items;

    /// <summary>Unix seconds; <c>null</c> where none is recorded.</summary>
    public long? ExpireAt { get; init; }

    /// <summary>Seconds; <c>null</c> where none is recorded.</summary>
    public long? Ttl { get; init; }

    /// <summary>A hash's field; <c>null</c> where it has none.</summary>
    public string? this[string field]
    {
        get => Items.Where(item => item.Key == field).Select(item => item.Value).SingleOrDefault();
        set
        {
            Items.RemoveAll(item => item.Key == field);
            if (value is not null)
            {
                Items.Add(new(field, value));
                Items.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
            }
        }
    }

    /// <summary>Whether <paramref name="found"/>, which is as it was read, expires as is recorded here.</summary>
    public bool ExpiresLike(Entry found)
    {
        if (ExpireAt is null && Ttl is null)
        {
            return found.ExpireAt is null && found.Ttl is null;
        }

        // The second that passes while testing.
        return (ExpireAt is null || ExpireAt == found.ExpireAt)
            && (Ttl is null || (found.Ttl is { } left && left <= Ttl && left >= Ttl - 1));
    }

    public override string ToString() =>
        $"{Type} [{string.Join(", ", Items.Select(item => $"{Show(item.Key)}: {Show(item.Value)}"))}]";

    // As the recordings do.
    private static string Show(string text) =>
        text.All(c => c is >= ' ' and <= '~') ? text : "b64 " + Convert.ToBase64String(Encoding.Latin1.GetBytes(text));
}

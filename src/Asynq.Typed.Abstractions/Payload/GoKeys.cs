using System.Globalization;

namespace Asynq.Typed.Wire;

/// <summary>The keys of dictionaries as Go's <c>encoding/json</c> sorts them: by the bytes of their UTF-8.</summary>
internal static class GoKeys
{
    /// <summary>The entries, sorted.</summary>
    internal static KeyValuePair<TKey, TValue>[] Sort<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    {
        KeyValuePair<TKey, TValue>[] sorted = [.. entries];
        if (sorted.Length > 1)
        {
            var names = Array.ConvertAll(sorted, entry => Name(entry.Key));
            Array.Sort(names, sorted, Comparer<string>.Create(Compare));
        }

        return sorted;
    }

    private static string Name<TKey>(TKey key) => key switch
    {
        string name => name,
        Enum number => number.ToString("D"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    private static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                return Rank(left[i]).CompareTo(Rank(right[i]));
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    // In UTF-8, what takes two surrogates in UTF-16 comes after everything else.
    private static int Rank(char character) =>
        char.IsSurrogate(character) ? character + char.MaxValue + 1 : character;
}

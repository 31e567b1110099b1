using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Makes collections of items, for tests that know a type only while they run.</summary>
internal static class AnyCollection
{
    /// <summary>A list or set; <c>null</c> for what is none.</summary>
    public static object? Create(Type definition, Array items) =>
        Call(nameof(List), [items.GetType().GetElementType()!], definition, items);

    /// <summary>A dictionary; <c>null</c> for what is none.</summary>
    /// <param name="definition">Its type.</param>
    /// <param name="keys">The keys, of which some may be equal.</param>
    /// <param name="values">Makes a number of values.</param>
    public static object? Create(Type definition, Array keys, Func<int, Array> values)
    {
        var distinct = keys.Cast<object>().Distinct().ToArray();
        var made = values(distinct.Length);
        return Call(
            nameof(Dictionary), [keys.GetType().GetElementType()!, made.GetType().GetElementType()!], definition, distinct, made);
    }

    private static object? Call(string method, Type[] types, params object[] arguments) => typeof(AnyCollection)
        .GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(types)
        .Invoke(null, arguments);

    private static object? List<T>(Type definition, Array array)
    {
        var items = (T[])array;
        return definition switch
        {
            _ when definition == typeof(List<>) || definition == typeof(IList<>) => items.ToList(),
            _ when definition == typeof(IReadOnlyList<>) || definition == typeof(ICollection<>)
                || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>) => items,
            _ when definition == typeof(HashSet<>) || definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>) =>
                items.ToHashSet(),
            _ when definition == typeof(SortedSet<>) => new SortedSet<T>(items, Order<T>()),
            _ when definition == typeof(Queue<>) => new Queue<T>(items),
            _ when definition == typeof(Stack<>) => new Stack<T>(items),
            _ when definition == typeof(LinkedList<>) => new LinkedList<T>(items),
            _ when definition == typeof(Collection<>) => new Collection<T>([.. items]),
            _ when definition == typeof(ObservableCollection<>) => new ObservableCollection<T>(items),
            _ when definition == typeof(ReadOnlyCollection<>) => new ReadOnlyCollection<T>(items),
            _ when definition == typeof(ImmutableArray<>) => items.ToImmutableArray(),
            _ when definition == typeof(ImmutableList<>) || definition == typeof(IImmutableList<>) => items.ToImmutableList(),
            _ when definition == typeof(ImmutableHashSet<>) || definition == typeof(IImmutableSet<>) => items.ToImmutableHashSet(),
            _ when definition == typeof(ImmutableSortedSet<>) => items.ToImmutableSortedSet(Order<T>()),
            _ when definition == typeof(ImmutableQueue<>) => ImmutableQueue.CreateRange(items),
            _ when definition == typeof(ImmutableStack<>) => ImmutableStack.CreateRange(items),
            _ when definition == typeof(FrozenSet<>) => items.ToFrozenSet(),
            _ => null,
        };
    }

    private static object? Dictionary<TKey, TValue>(Type definition, object[] keys, Array values)
        where TKey : notnull
    {
        var entries = keys.Zip((TValue[])values).ToDictionary(pair => (TKey)pair.First, pair => pair.Second);
        return definition switch
        {
            _ when definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>)
                || definition == typeof(IReadOnlyDictionary<,>) => entries,
            _ when definition == typeof(SortedDictionary<,>) => new SortedDictionary<TKey, TValue>(entries, Order<TKey>()),
            _ when definition == typeof(SortedList<,>) => new SortedList<TKey, TValue>(entries, Order<TKey>()),
            _ when definition == typeof(ConcurrentDictionary<,>) => new ConcurrentDictionary<TKey, TValue>(entries),
            _ when definition == typeof(ReadOnlyDictionary<,>) => new ReadOnlyDictionary<TKey, TValue>(entries),
            _ when definition == typeof(ImmutableDictionary<,>) || definition == typeof(IImmutableDictionary<,>) =>
                entries.ToImmutableDictionary(),
            _ when definition == typeof(ImmutableSortedDictionary<,>) => entries.ToImmutableSortedDictionary(Order<TKey>()),
            _ when definition == typeof(FrozenDictionary<,>) => entries.ToFrozenDictionary(),
            _ => null,
        };
    }

    // What is sorted compares texts as a person would, if it is not told otherwise: some that differ are equal to it.
    private static IComparer<T> Order<T>() => StringComparer.Ordinal as IComparer<T> ?? Comparer<T>.Default;
}

using System.Buffers;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Asynq.Typed.Wire;

/// <summary>
/// The items of a collection while it is written: where they lie in memory already, that memory, else a copy in an array of
/// the pool. So their number is known before the first is written and stays what it was, and nothing is allocated. Used by
/// generated code.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PayloadItems<T>
{
    private const int LeastRented = 16;

    private readonly Span<T> _copied;
    private readonly ReadOnlySpan<T> _items;
    private readonly T[]? _rented;

    internal PayloadItems(ReadOnlySpan<T> items) => _items = items;

    private PayloadItems(T[] rented, int count)
    {
        _rented = rented;
        _copied = rented.AsSpan(0, count);
        _items = _copied;
    }

    /// <summary>How many there are.</summary>
    public int Count => _items.Length;

    /// <summary>Walks over the items.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => _items.GetEnumerator();

    /// <summary>Gives the copy back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            // What the task holds must not be kept alive, nor turn up in another one.
            _copied.Clear();
            ArrayPool<T>.Shared.Return(_rented);
        }
    }

    /// <summary>The items as they are, if they are in memory as one; else a copy.</summary>
    internal static PayloadItems<T> Of(IEnumerable<T> items) => items switch
    {
        // An array of a derived type is no span of T that can be written to, but one that can be read.
        T[] array => new(new ReadOnlySpan<T>(array)),
        List<T> list => new((ReadOnlySpan<T>)CollectionsMarshal.AsSpan(list)),
        ImmutableArray<T> array => new(array.AsSpan()),
        _ => Copy(items),
    };

    /// <summary>A copy of the items, whose order can be changed.</summary>
    internal static PayloadItems<T> Copy(IEnumerable<T> items)
    {
        switch (items)
        {
            case ICollection<T> collection when IsOfFramework(collection):
                return CopyAll(collection, collection.Count, static (from, to) => from.CopyTo(to, 0));
            case Queue<T> queue:
                return CopyAll(queue, queue.Count, static (from, to) => from.CopyTo(to, 0));
            case Stack<T> stack:
                return CopyAll(stack, stack.Count, static (from, to) => from.CopyTo(to, 0));
            case IList<T> list:
                return CopyAll(list, list.Count, static (from, to) => Fill(to, from.Count, from, static (items, i) => items[i]));
            case IReadOnlyList<T> list:
                return CopyAll(list, list.Count, static (from, to) => Fill(to, from.Count, from, static (items, i) => items[i]));
            default:
                return CopyOneByOne(items);
        }
    }

    /// <summary>A copy of what has no number and allocates no enumerator.</summary>
    internal static PayloadItems<T> Copy(ImmutableQueue<T> items)
    {
        var copy = new Growing();
        foreach (var item in items)
        {
            copy.Add(item);
        }

        return copy.ToItems();
    }

    /// <summary>A copy of what has no number and allocates no enumerator.</summary>
    internal static PayloadItems<T> Copy(ImmutableStack<T> items)
    {
        var copy = new Growing();
        foreach (var item in items)
        {
            copy.Add(item);
        }

        return copy.ToItems();
    }

    /// <summary>A copy by the enumerator: the only way where a type is not known, or may change meanwhile.</summary>
    internal static PayloadItems<T> CopyOneByOne(IEnumerable<T> items)
    {
        var copy = new Growing();
        try
        {
            foreach (var item in items)
            {
                copy.Add(item);
            }
        }
        catch
        {
            copy.ToItems().Dispose();
            throw;
        }

        return copy.ToItems();
    }

    internal void Sort(Comparison<T> comparison) => _copied.Sort(comparison);

    private static PayloadItems<T> CopyAll<TItems>(TItems items, int count, Action<TItems, T[]> copy)
    {
        var rented = ArrayPool<T>.Shared.Rent(count);
        var result = new PayloadItems<T>(rented, count);
        try
        {
            result._copied.Clear();
            copy(items, rented);
        }
        catch
        {
            result.Dispose();
            throw;
        }

        return result;
    }

    private static void Fill<TItems>(T[] output, int count, TItems items, Func<TItems, int, T> at)
    {
        for (var i = 0; i < count; i++)
        {
            output[i] = at(items, i);
        }
    }

    // What users write may copy in a way of its own, or not at all.
    private static bool IsOfFramework(ICollection<T> items)
    {
        var assembly = items.GetType().Assembly;
        return assembly == typeof(HashSet<>).Assembly
            || assembly == typeof(SortedSet<>).Assembly
            || assembly == typeof(ImmutableList<>).Assembly;
    }

    private struct Growing()
    {
        private T[] _items = ArrayPool<T>.Shared.Rent(LeastRented);
        private int _count;

        internal void Add(T item)
        {
            if (_count == _items.Length)
            {
                var larger = ArrayPool<T>.Shared.Rent(_count * 2);
                _items.AsSpan(0, _count).CopyTo(larger);
                ArrayPool<T>.Shared.Return(_items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
                _items = larger;
            }

            _items[_count++] = item;
        }

        internal readonly PayloadItems<T> ToItems() => new(_items, _count);
    }
}

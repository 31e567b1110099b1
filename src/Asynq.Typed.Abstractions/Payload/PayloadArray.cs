using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>Collects the items of an array, without a copy where their number is known. Used by generated code.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="capacity">How many items to reserve space for; 0 where it is not known.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PayloadArray<T>(int capacity)
{
    private T[] _items = capacity == 0 ? [] : new T[capacity];
    private int _count;

    /// <summary>Adds an item at the end.</summary>
    public void Add(T item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, _count * 2));
        }

        _items[_count++] = item;
    }

    /// <summary>The items, in an array of just their number.</summary>
    public T[] ToArray()
    {
        if (_count != _items.Length)
        {
            Array.Resize(ref _items, _count);
        }

        return _items;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadWriter
{
    /// <summary>The items of an array; none where it was never set.</summary>
    public static PayloadItems<T> Items<T>(ImmutableArray<T> items) => new(items.AsSpan());

    /// <summary>The items of a queue.</summary>
    public static PayloadItems<T> Items<T>(ImmutableQueue<T> items) => PayloadItems<T>.Copy(items);

    /// <summary>The items of a stack, the top first.</summary>
    public static PayloadItems<T> Items<T>(ImmutableStack<T> items) => PayloadItems<T>.Copy(items);

    /// <summary>The items of a sequence, walked once: their number comes before them.</summary>
    public static PayloadItems<T> Items<T>(IEnumerable<T> items) => PayloadItems<T>.Of(items);

    /// <summary>The entries of a dictionary.</summary>
    public static PayloadItems<KeyValuePair<TKey, TValue>> Entries<TKey, TValue>(
        IEnumerable<KeyValuePair<TKey, TValue>> dictionary)
        where TKey : notnull =>
        // One that others may change right now has no number that holds.
        dictionary is ConcurrentDictionary<TKey, TValue>
            ? PayloadItems<KeyValuePair<TKey, TValue>>.CopyOneByOne(dictionary)
            : PayloadItems<KeyValuePair<TKey, TValue>>.Of(dictionary);

    /// <summary>Whether an array has items.</summary>
    public static bool HasItems<T>(ImmutableArray<T> items) => !items.IsDefaultOrEmpty;

    /// <summary>Whether a sequence has items.</summary>
    public static bool HasItems<T>(IEnumerable<T>? items) => items switch
    {
        null => false,
        ICollection<T> collection => collection.Count > 0,
        ImmutableQueue<T> queue => !queue.IsEmpty,
        ImmutableStack<T> stack => !stack.IsEmpty,
        _ => items.Any(),
    };

    /// <summary>The error for a value whose type has no key in the union.</summary>
    public static Exception NotInUnion<T>(T value)
        where T : class =>
        new PayloadException(
            $"A value of type '{value?.GetType()}' cannot be written as '{typeof(T)}': give it a key there with " +
            "[PayloadUnion]");

    /// <summary>Writes a value by a formatter.</summary>
    public void WriteWith<TFormatter, T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TFormatter : IPayloadFormatter<T>
    {
        if (value is null)
        {
            throw Null(name);
        }

        TFormatter.Write(ref _writer, value);
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadWriter
{
    /// <summary>The items of an array; none where it was never set.</summary>
    public static ImmutableArray<T> Items<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;

    /// <summary>The items of a sequence, walked once: their number comes before them.</summary>
    public static IReadOnlyCollection<T> Items<T>(IEnumerable<T> items) =>
        items as IReadOnlyCollection<T> ?? [.. items];

    /// <summary>The entries of a dictionary, in the order in which they are written.</summary>
    public static TDictionary Entries<TDictionary>(TDictionary dictionary) => dictionary;

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

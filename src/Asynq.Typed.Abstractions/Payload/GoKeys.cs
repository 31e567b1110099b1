using System.Globalization;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

/// <summary>
/// Puts the entries of a dictionary into the order in which Go's <c>encoding/json</c> writes them: by the bytes of their keys,
/// those of a number being its digits. Compares without making texts of the keys.
/// </summary>
internal static class GoKeys<TKey, TValue>
{
    /// <summary>Which of two entries comes first. Made once: a delegate that is made for each sorting would be garbage.</summary>
    internal static readonly Comparison<KeyValuePair<TKey, TValue>> Order = Type.GetTypeCode(typeof(TKey)) switch
    {
        TypeCode.String => static (left, right) => GoKeys.Compare(As<string>(left.Key), As<string>(right.Key)),
        TypeCode.SByte => static (left, right) => GoKeys.Compare(As<sbyte>(left.Key), As<sbyte>(right.Key)),
        TypeCode.Byte => static (left, right) => GoKeys.Compare(As<byte>(left.Key), As<byte>(right.Key)),
        TypeCode.Int16 => static (left, right) => GoKeys.Compare(As<short>(left.Key), As<short>(right.Key)),
        TypeCode.UInt16 => static (left, right) => GoKeys.Compare(As<ushort>(left.Key), As<ushort>(right.Key)),
        TypeCode.Int32 => static (left, right) => GoKeys.Compare(As<int>(left.Key), As<int>(right.Key)),
        TypeCode.UInt32 => static (left, right) => GoKeys.Compare(As<uint>(left.Key), As<uint>(right.Key)),
        TypeCode.Int64 => static (left, right) => GoKeys.Compare(As<long>(left.Key), As<long>(right.Key)),
        TypeCode.UInt64 => static (left, right) => GoKeys.Compare(As<ulong>(left.Key), As<ulong>(right.Key)),
        _ when typeof(TKey) == typeof(Guid) =>
            static (left, right) => GoKeys.Compare(As<Guid>(left.Key), As<Guid>(right.Key)),
        _ => throw new NotSupportedException($"A '{typeof(TKey)}' cannot be the key of a dictionary in JSON"),
    };

    // The code of an enum's type is that of the number behind it.
    private static T As<T>(TKey key) => Unsafe.As<TKey, T>(ref key);
}

/// <summary>Compares keys as Go does.</summary>
internal static class GoKeys
{
    // A GUID has 36 characters, a number of 64 bits 20.
    private const int MaxLength = 36;

    internal static int Compare<T>(T left, T right)
        where T : struct, IUtf8SpanFormattable
    {
        Span<byte> first = stackalloc byte[MaxLength];
        Span<byte> second = stackalloc byte[MaxLength];
        left.TryFormat(first, out var firstLength, default, CultureInfo.InvariantCulture);
        right.TryFormat(second, out var secondLength, default, CultureInfo.InvariantCulture);
        return first[..firstLength].SequenceCompareTo(second[..secondLength]);
    }

    internal static int Compare(string left, string right)
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

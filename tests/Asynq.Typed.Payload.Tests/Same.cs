using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Compares two values member by member, and not by what they are written as: what is lost on both ways is seen.</summary>
internal static class Same
{
    /// <summary>Where the second differs from the first; <c>null</c> where it does not.</summary>
    public static string? Difference(object? expected, object? actual, PayloadFormat format, string path = "task")
    {
        if (expected is null || actual is null)
        {
            return expected is null && actual is null ? null : $"{path}: {Show(expected)} became {Show(actual)}";
        }

        if (Scalar(expected, actual) is { } isSame)
        {
            return isSame ? null : $"{path}: {Show(expected)} became {Show(actual)}";
        }

        return (expected, actual) switch
        {
            (ITuple left, ITuple right) => All(Enumerable.Range(0, left.Length), i =>
                Difference(left[i], right[i], format, $"{path}.Item{i + 1}")),
            (IDictionary left, IDictionary right) => Entries(left, right, format, path),
            (IEnumerable left, IEnumerable right) when IsSet(left) => Items(Sorted(left), Sorted(right), format, path),
            (IEnumerable left, IEnumerable right) => Items([.. left.Cast<object?>()], [.. right.Cast<object?>()], format, path),
            _ => Members(expected, actual, format, path),
        };
    }

    /// <summary>Whether two values are equal, down to what <c>==</c> does not see; <c>null</c> for what has members or
    /// items.</summary>
    private static bool? Scalar(object expected, object actual) => (expected, actual) switch
    {
        (decimal left, decimal right) =>
            left.ToString(CultureInfo.InvariantCulture) == right.ToString(CultureInfo.InvariantCulture),
        (double left, double right) => left.Equals(right) && double.IsNegative(left) == double.IsNegative(right),
        (float left, float right) => left.Equals(right) && float.IsNegative(left) == float.IsNegative(right),
        (Half left, Half right) => left.Equals(right) && Half.IsNegative(left) == Half.IsNegative(right),
        (DateTime left, DateTime right) => left == right && left.Kind == right.Kind,
        (DateTimeOffset left, DateTimeOffset right) => left.EqualsExact(right),
        (Uri left, Uri right) => left.OriginalString == right.OriginalString,
        (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span),
        (Opaque left, Opaque right) => left.Reveal() == right.Reveal(),
        (Marked left, Marked right) => left.Reveal() == right.Reveal(),
        (Word left, Word right) => left.Reveal() == right.Reveal(),
        (Nest left, Nest right) => left.Reveal() == right.Reveal(),
        (string or IEnumerable or ITuple, _) when expected is not string => null,
        _ when expected is Enum or Version || expected.GetType().Namespace is "System" or "System.Numerics" =>
            expected.Equals(actual),
        _ => null,
    };

    private static string? Entries(IDictionary left, IDictionary right, PayloadFormat format, string path) =>
        left.Count != right.Count
            ? $"{path}: {left.Count} entries became {right.Count}"
            : All(left.Keys.Cast<object>(), key => right.Contains(key)
                ? Difference(left[key], right[key], format, $"{path}[{key}]")
                : $"{path}: lost {Show(key)}");

    private static string? Items(object?[] left, object?[] right, PayloadFormat format, string path) =>
        left.Length != right.Length
            ? $"{path}: {left.Length} items became {right.Length}"
            : All(Enumerable.Range(0, left.Length), i => Difference(left[i], right[i], format, $"{path}[{i}]"));

    private static string? Members(object expected, object actual, PayloadFormat format, string path)
    {
        if (expected.GetType() != actual.GetType())
        {
            return $"{path}: a {expected.GetType()} became a {actual.GetType()}";
        }

        return All(
            AnyValue.Members(expected.GetType()).Where(member => !AnyValue.IsIgnored(member, format)),
            member => IsLeftOut(member, AnyValue.Get(member, expected))
                ? null
                : Difference(AnyValue.Get(member, expected), AnyValue.Get(member, actual), format, $"{path}.{member.Name}"));
    }

    /// <summary>Whether a member was left out for a zero: that has no sign and no scale, as in Go.</summary>
    private static bool IsLeftOut(MemberInfo member, object? value) =>
        member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.WhenWritingDefault }
        && (value is 0.0 or 0f or 0m || (value is Half half && half == Half.Zero));

    private static string? All<T>(IEnumerable<T> parts, Func<T, string?> difference) =>
        parts.Select(difference).FirstOrDefault(found => found is not null);

    private static bool IsSet(IEnumerable items) => items.GetType().GetInterfaces().Any(contract => contract.IsGenericType
        && (contract.GetGenericTypeDefinition() == typeof(IReadOnlySet<>)
            || contract.GetGenericTypeDefinition() == typeof(IImmutableSet<>)));

    private static object?[] Sorted(IEnumerable items) =>
        [.. items.Cast<object?>().OrderBy(item => item is string ? null : item).ThenBy(item => item as string, StringComparer.Ordinal)];

    private static string Show(object? value) => value is null ? "null" : $"'{value}'";
}

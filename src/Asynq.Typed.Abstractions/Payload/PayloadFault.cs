using System.Globalization;
using System.Text;
using System.Text.Json;
using MessagePack;

namespace Asynq.Typed.Wire;

/// <summary>
/// What is wrong with a payload, and where in its bytes. Travels from where the fault is seen to the outermost read,
/// which turns it into a <see cref="PayloadException"/> that names the member.
/// </summary>
#pragma warning disable CA1032, CA1064 // Never leaves this assembly: the outermost read catches it.
internal sealed class PayloadFault(string reason, long offset) : Exception(reason)
#pragma warning restore CA1032, CA1064
{
    private const string EndsEarly = "is cut short: the bytes end before it does";

    /// <summary>The offset of the value that is wrong.</summary>
    internal long Offset { get; } = offset;

    internal static PayloadFault Missing(ReadOnlySpan<(bool Found, string Name)> members, long offset)
    {
        var missing = new StringBuilder();
        var count = 0;
        foreach (var (found, name) in members)
        {
            if (!found)
            {
                missing.Append(count++ == 0 ? "" : ", ").Append(name);
            }
        }

        return new PayloadFault(count == 1 ? $"lacks the member {missing}" : $"lacks the members {missing}", offset);
    }

    internal static PayloadFault CutShort(long offset) => new(EndsEarly, offset);

    internal static PayloadFault TooDeep(long offset) =>
        new($"is nested more than {PayloadLimits.MaxDepth} deep", offset);

    internal static PayloadFault TooLarge(long offset) => new("is a number that its type cannot hold", offset);

    internal static PayloadFault UnknownKey(object key, long offset) =>
        new($"is '{Short(Convert.ToString(key, CultureInfo.InvariantCulture) ?? "")}', which stands for no type here", offset);

    internal static PayloadFault Null(long offset) => new("is null, but its type is not nullable", offset);

    /// <summary>As much of a text as an error shows: the payload decides how long it is.</summary>
    internal static string Short(string text) =>
        text.Length > PayloadLimits.MaxShown ? text[..PayloadLimits.MaxShown] + "…" : text;

    /// <summary>The exception that the caller of a read sees.</summary>
    internal static PayloadException Describe(Exception exception, string path)
    {
        var subject = path.Length == 0 ? "The payload" : path;
        return exception is PayloadFault
            ? new PayloadException($"{subject} {exception.Message}")
            : new PayloadException($"{subject} {Reason(exception)}", exception);
    }

    private static string Reason(Exception exception) => exception switch
    {
        EndOfStreamException => EndsEarly,
        OverflowException => "is a number that its type cannot hold",
        DecoderFallbackException => "is a string that is not valid UTF-8",
        MessagePackSerializationException { InnerException: { } inner } => Reason(inner),
        JsonException => $"is not valid JSON: {exception.Message}",
        _ => $"cannot be read: {exception.Message}",
    };
}

using Asynq.Typed.Inspection;

namespace Asynq.Typed;

/// <summary>What the bytes of a payload or result are, as far as they say so themselves.</summary>
public enum PayloadKind
{
    /// <summary>There are none.</summary>
    Empty = 0,

    /// <summary>One MessagePack map or array, or a value that is no ASCII text: what typed tasks are by default.</summary>
    MessagePack = 1,

    /// <summary>One JSON value.</summary>
    Json = 2,

    /// <summary>Anything else.</summary>
    Bytes = 3,

    /// <summary>What transforms they went through cannot be turned back: <see cref="PayloadView.Fault"/> says why.</summary>
    Unreadable = 4,
}

/// <summary>A payload or result for people to read. Made by <see cref="AsynqInspector.ViewPayload(TaskInfo)"/>.</summary>
public sealed record PayloadView
{
    /// <summary>The most characters of <see cref="Text"/>: 16,384. What is longer is cut, and ends in <c>…</c>.</summary>
    public const int MaxTextLength = 16 * 1024;

    private PayloadView(PayloadKind kind, ReadOnlyMemory<byte> bytes, string text)
    {
        Kind = kind;
        Bytes = bytes;
        Text = text;
    }

    /// <summary>What the bytes are.</summary>
    public PayloadKind Kind { get; }

    /// <summary>The bytes as they were serialized; where they are unreadable, as they are stored.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>
    /// JSON as it is; MessagePack as JSON, with bytes in base64; other bytes in hexadecimal behind <c>0x</c>. Empty where there
    /// are none, and for unreadable ones.
    /// </summary>
    public string Text { get; }

    /// <summary>Why the bytes are unreadable, and what to do; <c>null</c> where they are not.</summary>
    public string? Fault { get; private init; }

    /// <summary>The text, or the fault.</summary>
    public override string ToString() => Fault ?? Text;

    internal static PayloadView Of(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return new PayloadView(PayloadKind.Empty, bytes, "");
        }

        if (JsonText.TryRead(bytes.Span, MaxTextLength, out var json))
        {
            return new PayloadView(PayloadKind.Json, bytes, json);
        }

        return MessagePackText.TryRead(bytes, MaxTextLength, out var text)
            ? new PayloadView(PayloadKind.MessagePack, bytes, text)
            : new PayloadView(PayloadKind.Bytes, bytes, Hexadecimal(bytes.Span));
    }

    internal static PayloadView Unreadable(ReadOnlyMemory<byte> stored, PayloadException reason) =>
        new(PayloadKind.Unreadable, stored, "") { Fault = reason.Message };

    private static string Hexadecimal(ReadOnlySpan<byte> bytes)
    {
        const int MostBytes = (MaxTextLength - 3) / 2;
        return bytes.Length <= MostBytes
            ? $"0x{Convert.ToHexStringLower(bytes)}"
            : $"0x{Convert.ToHexStringLower(bytes[..MostBytes])}…";
    }
}

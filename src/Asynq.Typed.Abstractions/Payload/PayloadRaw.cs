using System.Buffers;
using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>Payloads that are bytes as they are. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PayloadRaw
{
    /// <summary>Appends the bytes.</summary>
    /// <exception cref="PayloadException">They are null.</exception>
    public static void Write(IBufferWriter<byte> output, byte[]? payload)
    {
        if (payload is null)
        {
            throw new PayloadException("The payload is null, but its type is not nullable");
        }

        Write(output, payload.AsMemory());
    }

    /// <summary>Appends the bytes.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(payload.Span);
    }
}

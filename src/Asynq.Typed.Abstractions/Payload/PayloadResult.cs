using System.Buffers;
using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>Stores what handlers return. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PayloadResult
{
    /// <summary>Stores a result in MessagePack.</summary>
    /// <exception cref="PayloadException">It cannot be written so that it would be read again.</exception>
    public static Task WriteAsync<T>(
        TaskContext context, T result, PayloadWrite<T> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var output = new ArrayBufferWriter<byte>();
        PayloadWriter.WriteValue(output, result, write);
        return context.WriteResultAsync(output.WrittenMemory, cancellationToken);
    }

    /// <summary>Stores a result in JSON.</summary>
    /// <exception cref="PayloadException">It cannot be written so that it would be read again.</exception>
    public static Task WriteAsync<T>(
        TaskContext context, T result, JsonPayloadWrite<T> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var output = new ArrayBufferWriter<byte>();
        JsonPayloadWriter.WriteValue(output, result, write);
        return context.WriteResultAsync(output.WrittenMemory, cancellationToken);
    }
}

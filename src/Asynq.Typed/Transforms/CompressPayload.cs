using System.Buffers;
using System.IO.Compression;
using Asynq.Typed.Rules;

namespace Asynq.Typed;

/// <summary>
/// Compresses payloads by Brotli, where that makes them smaller. Compressed payloads are read by every process of this library,
/// whether it compresses or not. The length of what is compressed and then encrypted tells something of its content: leave
/// compression out where an attacker can put text of theirs into a payload beside a secret.
/// </summary>
public sealed class CompressPayload : PayloadTransform
{
    private const int Quality = 4;
    private const int Window = 22;
    private const int ChunkSize = 16 * 1024;
    private const int DefaultThreshold = 1024;

    private readonly int _threshold;

    /// <summary>Compresses payloads above a size.</summary>
    /// <param name="threshold">In bytes. Smaller payloads are stored as they are. Default: 1,024.</param>
    public CompressPayload(int threshold = DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threshold);
        _threshold = threshold;
    }

    /// <inheritdoc />
    public override string Name => "br";

    /// <inheritdoc />
    public override TransformedPayload? Apply(ReadOnlyMemory<byte> payload, PayloadScope scope)
    {
        if (payload.Length < Math.Max(_threshold, 1) || payload.Length > TransformLimits.MaxUndoneBytes)
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            // A place one byte too small for the payload itself: what does not get smaller does not fit.
            var smaller = buffer.AsSpan(0, payload.Length - 1);
            return BrotliEncoder.TryCompress(payload.Span, smaller, out var written, Quality, Window)
                ? new TransformedPayload(buffer.AsSpan(0, written).ToArray())
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> payload, string parameter, PayloadScope scope)
    {
        // Not by using, whose variable is read-only: the decoder is a struct that keeps its state in itself.
        var decoder = new BrotliDecoder();
        try
        {
            return Decompress(ref decoder, payload.Span);
        }
        finally
        {
            decoder.Dispose();
        }
    }

    private static byte[] Decompress(ref BrotliDecoder decoder, ReadOnlySpan<byte> payload)
    {
        using var output = new PayloadBuffer();
        var rest = payload;
        while (true)
        {
            var status = decoder.Decompress(rest, output.GetSpan(ChunkSize), out var consumed, out var written);
            output.Advance(written);
            rest = rest[consumed..];
            if (output.Written > TransformLimits.MaxUndoneBytes)
            {
                throw new PayloadException(
                    $"its {payload.Length} compressed bytes become more than {TransformLimits.MaxUndoneBytes}, the most that is read.");
            }

            switch (status)
            {
                case OperationStatus.Done when rest.IsEmpty:
                    return output.ToArray();
                case OperationStatus.DestinationTooSmall:
                    continue;
                default:
                    throw new PayloadException("its bytes are not what 'br', the compression in its header, makes.");
            }
        }
    }
}

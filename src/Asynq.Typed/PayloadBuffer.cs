using System.Buffers;

namespace Asynq.Typed;

/// <summary>Collects a payload in an array of the shared pool, so that only its final size is ever allocated.</summary>
internal sealed class PayloadBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 256;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _written;

    /// <summary>How much was written.</summary>
    internal int Written => _written;

    /// <summary>The wire form of a task.</summary>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    internal static byte[] Write<T>(T task)
        where T : IAsynqTask<T>
    {
        using var buffer = new PayloadBuffer();
        T.Write(buffer, task);
        return buffer.ToArray();
    }

    /// <summary>What a task's unique key is made of, where that is not its whole payload; else <c>null</c>.</summary>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    internal static byte[]? WriteUniqueKey<T>(T task)
        where T : IAsynqTask<T>
    {
        using var buffer = new PayloadBuffer();
        return T.WriteUniqueKey(buffer, task) ? buffer.ToArray() : null;
    }

    /// <inheritdoc />
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _written);
        _written += count;
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written);
    }

    /// <summary>A copy of what was written.</summary>
    internal byte[] ToArray() => _buffer.AsSpan(0, _written).ToArray();

    /// <summary>Gives the buffer back, without the payload.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _written = 0;
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = _written + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }
}

using System.Buffers;
using MessagePack;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Tasks to bytes and back, as client and server do it.</summary>
internal static class Wire
{
    public static byte[] Write<T>(T task)
        where T : IAsynqTask<T>
    {
        var output = new ArrayBufferWriter<byte>();
        T.Write(output, task);
        return output.WrittenSpan.ToArray();
    }

    public static T Read<T>(ReadOnlyMemory<byte> payload)
        where T : IAsynqTask<T> => T.Read(payload);

    public static T RoundTrip<T>(T task)
        where T : IAsynqTask<T> => Read<T>(Write(task));

    /// <summary>The bytes of the unique key; <c>null</c> where the type has none of its own.</summary>
    public static byte[]? Key<T>(T task)
        where T : IAsynqTask<T>
    {
        var output = new ArrayBufferWriter<byte>();
        return T.WriteUniqueKey(output, task) ? output.WrittenSpan.ToArray() : null;
    }

    public static TaskDescriptor Describe<T>()
        where T : IAsynqTask<T> => T.Descriptor;

    /// <summary>A value as MessagePack-CSharp itself writes it.</summary>
    public static byte[] Pack<T>(T value) => MessagePackSerializer.Serialize(value);

    /// <summary>A value as MessagePack-CSharp itself reads it.</summary>
    public static T Unpack<T>(byte[] bytes) => MessagePackSerializer.Deserialize<T>(bytes);
}

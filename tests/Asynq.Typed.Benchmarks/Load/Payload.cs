using System.Buffers;

namespace Asynq.Typed.Benchmarks.Load;

internal static class Payload
{
    /// <summary>The payload of a task as it is on the wire.</summary>
    internal static byte[] Of<T>(T task)
        where T : IAsynqTask<T>
    {
        var output = new ArrayBufferWriter<byte>();
        T.Write(output, task);
        return output.WrittenSpan.ToArray();
    }
}

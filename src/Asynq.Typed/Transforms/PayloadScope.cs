using System.Buffers.Binary;
using System.Text;

namespace Asynq.Typed;

/// <summary>What goes through the transforms.</summary>
public enum PayloadPart
{
    /// <summary>A task's payload.</summary>
    Payload = 0,

    /// <summary>What its handler stored with it.</summary>
    Result = 1,
}

/// <summary>Where transformed bytes belong. Bound to them by encryption, so that they are of no use anywhere else.</summary>
/// <param name="Part">Payload or result.</param>
/// <param name="Queue">The task's queue.</param>
/// <param name="TaskType">The task's type name on the wire.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="Before">What was applied before, as the header says it: <c>br</c>; empty for nothing.</param>
public sealed record PayloadScope(PayloadPart Part, string Queue, string TaskType, string TaskId, string Before)
{
    private const string Version = "asynq-payload/1";

    /// <summary>The scope in bytes: two scopes give the same only where they are equal.</summary>
    public byte[] ToAssociatedData() => Framed(Version, Part == PayloadPart.Payload ? "payload" : "result", Queue, TaskType, TaskId, Before);

    /// <summary>Texts one after the other, each behind its length, so that no two rows of texts give the same bytes.</summary>
    internal static byte[] Framed(params ReadOnlySpan<string> texts)
    {
        using var bytes = new PayloadBuffer();
        foreach (var text in texts)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            var span = bytes.GetSpan(sizeof(int) + length);
            BinaryPrimitives.WriteInt32BigEndian(span, length);
            Encoding.UTF8.GetBytes(text, span[sizeof(int)..]);
            bytes.Advance(sizeof(int) + length);
        }

        return bytes.ToArray();
    }
}

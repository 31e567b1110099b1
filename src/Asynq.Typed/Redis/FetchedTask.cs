using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>One task in what a fetch brought.</summary>
/// <param name="Id">Its id, in UTF-8.</param>
/// <param name="Message">Its message, encoded.</param>
/// <param name="PendingSince">Since when it was pending, in Unix nanoseconds, where that is known.</param>
internal readonly record struct FetchedTask(ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Message, long? PendingSince)
{
    internal string IdText => Encoding.UTF8.GetString(Id.Span);

    internal bool HasId(string id)
    {
        const int LongestOnStack = 512;
        var length = Encoding.UTF8.GetByteCount(id);
        if (length != Id.Length)
        {
            return false;
        }

        var bytes = length <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[length];
        return bytes[..Encoding.UTF8.GetBytes(id, bytes)].SequenceEqual(Id.Span);
    }
}

using System.Text;
using Asynq.Typed.Redis;
using Google.Protobuf;

namespace Asynq.Typed.Transforms;

/// <summary>Payloads and results of messages, through the transforms and back.</summary>
internal static class MessagePayload
{
    // A result has no header of its own: what was applied stands before it, and the line's end is no part of a header.
    private static readonly byte[] ResultMark = Encoding.ASCII.GetBytes($"{PayloadHeader.Name}:");

    private const byte LineEnd = (byte)'\n';

    /// <summary>Sets the payload of a message, transformed.</summary>
    /// <exception cref="PayloadException">It cannot be transformed.</exception>
    internal static void SetPayload(this TransformChain transforms, TaskMessage message, byte[] payload)
    {
        var (bytes, header) = transforms.Apply(payload, ScopeOf(message, PayloadPart.Payload));
        message.Payload = UnsafeByteOperations.UnsafeWrap(bytes);
        message.Headers.Remove(PayloadHeader.Name);
        if (header.Length > 0)
        {
            message.Headers.Add(PayloadHeader.Name, header);
        }
    }

    /// <summary>Replaces the payload of a message by one that goes the same way: transformed if the one before was.</summary>
    /// <exception cref="PayloadException">The one before went through a transform that this process does not have.</exception>
    internal static void ReplacePayload(this TransformChain transforms, TaskMessage message, ReadOnlyMemory<byte> payload)
    {
        if (!IsTransformed(message))
        {
            message.Payload = ByteString.CopyFrom(payload.Span);
            return;
        }

        transforms.RequireWriters(message.Headers[PayloadHeader.Name]);
        transforms.SetPayload(message, payload.ToArray());
    }

    /// <summary>Whether the payload of a message went through transforms.</summary>
    internal static bool IsTransformed(TaskMessage message) => message.Headers.ContainsKey(PayloadHeader.Name);

    /// <summary>The headers of a message without the one that goes with its stored payload.</summary>
    internal static Dictionary<string, string> HeadersOfUser(this TaskMessage message)
    {
        var headers = new Dictionary<string, string>(message.Headers, StringComparer.Ordinal);
        headers.Remove(PayloadHeader.Name);
        return headers;
    }

    /// <summary>The payload of a message as it was serialized.</summary>
    /// <exception cref="PayloadException">What was applied cannot be turned back.</exception>
    internal static ReadOnlyMemory<byte> PayloadOf(this TransformChain transforms, TaskMessage message) =>
        transforms.Undo(
            message.Payload.Memory,
            message.Headers.TryGetValue(PayloadHeader.Name, out var header) ? header : "",
            ScopeOf(message, PayloadPart.Payload));

    /// <summary>The payload of a task as it was serialized.</summary>
    /// <exception cref="PayloadException">What was applied cannot be turned back.</exception>
    internal static ReadOnlyMemory<byte> PayloadOf(this TransformChain transforms, TaskInfo task) =>
        transforms.Undo(
            task.Payload,
            task.Headers.GetValueOrDefault(PayloadHeader.Name, ""),
            new PayloadScope(PayloadPart.Payload, task.Queue, task.Type, task.Id, ""));

    /// <summary>A result as it is stored: as it is, or where the payload was transformed, transformed too.</summary>
    /// <exception cref="PayloadException">It cannot be transformed.</exception>
    internal static ReadOnlyMemory<byte> StoredResult(
        this TransformChain transforms, TaskMessage message, ReadOnlyMemory<byte> result)
    {
        if (!IsTransformed(message))
        {
            return result;
        }

        var (bytes, header) = transforms.Apply(result, ScopeOf(message, PayloadPart.Result));

        // A result that looks like a marked one is marked too, so that it is read as it was written.
        return header.Length == 0 && !result.Span.StartsWith(ResultMark)
            ? result
            : (byte[])[.. ResultMark, .. Encoding.ASCII.GetBytes(header), LineEnd, .. bytes.Span];
    }

    /// <summary>The result of a task as its handler gave it; empty where there is none.</summary>
    /// <exception cref="PayloadException">What was applied cannot be turned back.</exception>
    internal static ReadOnlyMemory<byte> ResultOf(this TransformChain transforms, TaskInfo task)
    {
        if (task.Result.IsEmpty)
        {
            return task.Result;
        }

        var (bytes, header) = Split(task);
        return transforms.Undo(bytes, header, new PayloadScope(PayloadPart.Result, task.Queue, task.Type, task.Id, ""));
    }

    private static (ReadOnlyMemory<byte> Bytes, string Header) Split(TaskInfo task)
    {
        // A worker that knows no transforms, Go's, stores the result of such a task as it is.
        var marked = task.Headers.ContainsKey(PayloadHeader.Name) && task.Result.Span.StartsWith(ResultMark);
        var rest = marked ? task.Result[ResultMark.Length..] : default;
        var end = rest.Span[..Math.Min(rest.Length, PayloadHeader.MaxLength)].IndexOf(LineEnd);
        return end < 0 ? (task.Result, "") : (rest[(end + 1)..], Encoding.ASCII.GetString(rest.Span[..end]));
    }

    private static PayloadScope ScopeOf(TaskMessage message, PayloadPart part) =>
        new(part, message.Queue, message.Type, message.Id, "");
}

using Google.Protobuf;

namespace Asynq.Typed.Redis.Tests;

/// <summary>Replaces payloads by bytes that are stored as they are, as asynq does.</summary>
internal static class PayloadBytes
{
    internal static Task<InspectOutcome> UpdateTaskPayloadAsync(
        this Asynq.Typed.Redis.Broker broker, string queue, string id, ReadOnlyMemory<byte> payload, CancellationToken ct) =>
        broker.UpdateTaskPayloadAsync(queue, id, message => message.Payload = ByteString.CopyFrom(payload.Span), ct);

    internal static Task<InspectOutcome> RequeueTaskAsync(
        this Asynq.Typed.Redis.Broker broker, string queue, string id, ReadOnlyMemory<byte> payload, CancellationToken ct) =>
        broker.RequeueTaskAsync(queue, id, message => message.Payload = ByteString.CopyFrom(payload.Span), ct);
}

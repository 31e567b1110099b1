namespace Asynq.Typed;

/// <summary>The task that an untyped aggregator makes of others.</summary>
/// <param name="Type">Its type name on the wire. Not blank.</param>
/// <param name="Payload">Its payload as it is serialized. It goes through the transforms if one of its tasks did.</param>
/// <param name="Options">
/// How to enqueue it. The queue in it is ignored, for a batch stays in its group's queue; a group in it is refused. Default:
/// as a task whose enqueue says nothing.
/// </param>
public sealed record RawBatch(string Type, ReadOnlyMemory<byte> Payload, EnqueueOptions? Options = null);

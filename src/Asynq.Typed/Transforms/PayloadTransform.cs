namespace Asynq.Typed;

/// <summary>
/// Changes a payload on its way to Redis and back: <see cref="CompressPayload"/>, <see cref="EncryptPayload"/>, or one of the
/// application's own. Given to <c>AddAsynq().UsePayloadTransform(…)</c>, which client, server, scheduler and inspector share.
/// Must be safe for concurrent use, and quick: it is called for each task.
/// </summary>
public abstract class PayloadTransform
{
    /// <summary>
    /// Its name in the task's header <c>asynq-payload</c>: lower-case letters, digits and hyphens. Never changes once tasks
    /// are stored by it.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether a payload that it was not applied to is refused when it is read: those of Go's clients, and those enqueued
    /// with <see cref="EnqueueOptions.TransformPayload"/> off. Default: no.
    /// </summary>
    public virtual bool IsRequired => false;

    /// <summary>
    /// Whether nobody can tell the payload from what is stored. Then its unique key is made by <see cref="DigestUniqueKey"/>,
    /// and schedulers do not show the payload. Default: no.
    /// </summary>
    public virtual bool HidesPayload => false;

    /// <summary>Changes a payload before it is stored.</summary>
    /// <param name="payload">The payload, as the transform before left it.</param>
    /// <param name="scope">What task it belongs to.</param>
    /// <returns>What takes its place; <c>null</c> to leave it as it is.</returns>
    /// <exception cref="PayloadException">It cannot be changed; the message says why.</exception>
    public abstract TransformedPayload? Apply(ReadOnlyMemory<byte> payload, PayloadScope scope);

    /// <summary>Turns back what <see cref="Apply"/> did. The bytes are untrusted: bound what they make you allocate.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="parameter">What <see cref="Apply"/> gave as <see cref="TransformedPayload.Parameter"/>; else empty.</param>
    /// <param name="scope">What task they belong to, equal to that of <see cref="Apply"/>.</param>
    /// <exception cref="PayloadException">They cannot be turned back; the message says why and what to do, as the end of
    /// "The payload of task … cannot be read: ".</exception>
    public abstract ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> payload, string parameter, PayloadScope scope);

    /// <summary>A keyed digest that stands for what is to be unique. Called only where <see cref="HidesPayload"/> is true.</summary>
    /// <param name="content">The payload, or its members that count.</param>
    /// <param name="queue">The task's queue.</param>
    /// <param name="type">The task's type name on the wire.</param>
    /// <returns>16 bytes or more, the first 16 of which are used.</returns>
    public virtual ReadOnlyMemory<byte> DigestUniqueKey(ReadOnlyMemory<byte> content, string queue, string type) =>
        throw new NotSupportedException(
            $"{GetType().Name} hides payloads, but has no digest for the keys of unique tasks: override {nameof(DigestUniqueKey)}.");
}

/// <summary>A payload that a transform has changed.</summary>
/// <param name="Bytes">What takes its place.</param>
/// <param name="Parameter">
/// What is needed to turn it back and may be read by anybody, such as the id of a key: letters, digits, <c>-</c>, <c>.</c> and
/// <c>_</c>, at most 64 of them. Default: nothing.
/// </param>
public sealed record TransformedPayload(ReadOnlyMemory<byte> Bytes, string? Parameter = null);

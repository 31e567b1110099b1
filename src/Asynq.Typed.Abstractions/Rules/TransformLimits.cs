#nullable enable

namespace Asynq.Typed.Rules;

/// <summary>Limits of payload transforms. Each number stands here only.</summary>
internal static class TransformLimits
{
    /// <summary>
    /// The most bytes that a compressed payload may become, 64 MiB: a few bytes of a hostile writer stand for gigabytes.
    /// A larger payload is not compressed.
    /// </summary>
    internal const int MaxUndoneBytes = 64 * 1024 * 1024;
}

namespace Asynq.Typed.Wire;

/// <summary>Limits that hold for every payload, whoever wrote it.</summary>
internal static class PayloadLimits
{
    /// <summary>How deep objects, lists and dictionaries may nest, the payload itself included.</summary>
    internal const int MaxDepth = 64;
}

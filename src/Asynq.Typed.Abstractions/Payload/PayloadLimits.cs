namespace Asynq.Typed.Wire;

/// <summary>Limits that hold for every payload, whoever wrote it.</summary>
internal static class PayloadLimits
{
    /// <summary>How deep objects, lists and dictionaries may nest, the payload itself included.</summary>
    internal const int MaxDepth = 64;

    /// <summary>How many characters a number of any length may have as text: to convert more would take too long.</summary>
    internal const int MaxNumberLength = 1000;

    /// <summary>How much of a text that a payload brings is shown in an error, in characters.</summary>
    internal const int MaxShown = 64;
}

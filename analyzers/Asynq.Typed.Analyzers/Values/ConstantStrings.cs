using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>Strings that are known at build time.</summary>
internal static class ConstantStrings
{
    /// <returns>Whether the value is known; it can be known to be <c>null</c>.</returns>
    internal static bool TryGet(IOperation operation, out string? value) => TryGet(operation, Depth.Start, out value);

    private static bool TryGet(IOperation operation, Depth depth, out string? value)
    {
        if (operation.ConstantValue.HasValue)
        {
            value = operation.ConstantValue.Value as string;
            return true;
        }

        // string.Empty is a field of the framework, whose initialiser cannot be seen.
        if (operation is IFieldReferenceOperation
            { Field: { Name: "Empty", ContainingType.SpecialType: SpecialType.System_String } })
        {
            value = "";
            return true;
        }

        value = null;
        return depth.Next is { } next && Definition.Of(operation) is { } definition && TryGet(definition, next, out value);
    }
}

using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>Numbers that are known at build time.</summary>
internal static class ConstantNumbers
{
    internal static double? Of(IOperation operation) => Of(operation, Depth.Start);

    internal static double? Of(IOperation operation, Depth depth)
    {
        if (operation.ConstantValue is { HasValue: true, Value: { } value })
        {
            return value is IConvertible number and not (string or bool or char)
                ? number.ToDouble(CultureInfo.InvariantCulture)
                : null;
        }

        if (operation is IConversionOperation conversion)
        {
            return Of(conversion.Operand, depth);
        }

        return depth.Next is { } next && Definition.Of(operation) is { } definition ? Of(definition, next) : null;
    }
}

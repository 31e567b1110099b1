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

        return operation switch
        {
            IConversionOperation { OperatorMethod: null } conversion => Fit(Of(conversion.Operand, depth), conversion.Type),
            IUnaryOperation { OperatorMethod: null } unary => OfUnary(unary, depth),
            IBinaryOperation { OperatorMethod: null } binary => OfBinary(binary, depth),
            _ => depth.Next is { } next && Definition.Of(operation) is { } definition ? Of(definition, next) : null,
        };
    }

    private static double? OfUnary(IUnaryOperation unary, Depth depth) => unary.OperatorKind switch
    {
        UnaryOperatorKind.Minus => Fit(-Of(unary.Operand, depth), unary.Type),
        UnaryOperatorKind.Plus => Of(unary.Operand, depth),
        _ => null,
    };

    private static double? OfBinary(IBinaryOperation binary, Depth depth)
    {
        if (Of(binary.LeftOperand, depth) is not { } left || Of(binary.RightOperand, depth) is not { } right)
        {
            return null;
        }

        double? result = binary.OperatorKind switch
        {
            BinaryOperatorKind.Add => left + right,
            BinaryOperatorKind.Subtract => left - right,
            BinaryOperatorKind.Multiply => left * right,
            BinaryOperatorKind.Divide when right != 0 => left / right,
            BinaryOperatorKind.Remainder when right != 0 => left % right,
            _ => null,
        };
        return Fit(result, binary.Type);
    }

    /// <summary>
    /// A number as a type holds it: one of whole numbers cuts off what comes behind the point. Nothing where the type does not
    /// hold it: it would throw or be another one, and nothing for types whose arithmetic is not that of doubles.
    /// </summary>
    private static double? Fit(double? number, ITypeSymbol? type)
    {
        var underlying = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;
        return underlying?.SpecialType switch
        {
            SpecialType.System_Double => number,
            SpecialType.System_Single => (double?)(float?)number,
            SpecialType.System_SByte => Whole(number, sbyte.MinValue, sbyte.MaxValue),
            SpecialType.System_Byte => Whole(number, byte.MinValue, byte.MaxValue),
            SpecialType.System_Int16 => Whole(number, short.MinValue, short.MaxValue),
            SpecialType.System_UInt16 => Whole(number, ushort.MinValue, ushort.MaxValue),
            SpecialType.System_Int32 => Whole(number, int.MinValue, int.MaxValue),
            SpecialType.System_UInt32 => Whole(number, uint.MinValue, uint.MaxValue),
            SpecialType.System_Int64 => Whole(number, -Exact, Exact),
            SpecialType.System_UInt64 => Whole(number, 0, Exact),
            _ => null,
        };
    }

    /// <summary>Up to here, 2^53, a double is every whole number: beyond, sums and differences could be wrong.</summary>
    private const double Exact = 9_007_199_254_740_992;

    private static double? Whole(double? number, double min, double max) =>
        number is { } given && Math.Truncate(given) is var whole && whole >= min && whole <= max ? whole : null;
}

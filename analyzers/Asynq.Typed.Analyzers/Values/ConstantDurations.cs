using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>
/// Time spans that are known at build time. The arithmetic is done here rather than by this process's TimeSpan, which on
/// .NET Framework rounds to milliseconds.
/// </summary>
internal static class ConstantDurations
{
    internal static TimeSpan? Of(IOperation operation) => Of(operation, Depth.Start);

    private static TimeSpan? Of(IOperation operation, Depth depth)
    {
        switch (operation)
        {
            case IConversionOperation conversion:
                return conversion.OperatorMethod is null ? Of(conversion.Operand, depth) : null;
            case IDefaultValueOperation when IsTimeSpan(operation.Type):
                return TimeSpan.Zero;
            case IObjectCreationOperation creation when IsTimeSpan(creation.Type):
                return Sum(creation.Arguments, unit: 0, depth);
            case IInvocationOperation call when IsTimeSpan(call.TargetMethod.ContainingType):
                return call.Instance is null ? OfFactory(call, depth) : OfMethod(call, depth);
            case IFieldReferenceOperation { Field: { IsStatic: true } field } when IsTimeSpan(field.ContainingType):
                return WellKnown(field.Name);
            case IFieldReferenceOperation { Field: { Name: nameof(Timeout.InfiniteTimeSpan) } field } when IsTimeout(field.ContainingType):
                return Timeout.InfiniteTimeSpan;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } negation when IsOwn(negation.OperatorMethod):
                return FromTicks(-(double?)Of(negation.Operand, depth)?.Ticks);
            case IBinaryOperation binary when IsOwn(binary.OperatorMethod):
                return Of(binary.OperatorKind, binary.LeftOperand, binary.RightOperand, depth);
            default:
                return depth.Next is { } next && Definition.Of(operation) is { } definition ? Of(definition, next) : null;
        }
    }

    private static TimeSpan? WellKnown(string field) => field switch
    {
        nameof(TimeSpan.Zero) => TimeSpan.Zero,
        nameof(TimeSpan.MinValue) => TimeSpan.MinValue,
        nameof(TimeSpan.MaxValue) => TimeSpan.MaxValue,
        _ => null,
    };

    private static TimeSpan? OfFactory(IInvocationOperation call, Depth depth) => call.TargetMethod.Name switch
    {
        "FromDays" => Sum(call.Arguments, TimeSpan.TicksPerDay, depth),
        "FromHours" => Sum(call.Arguments, TimeSpan.TicksPerHour, depth),
        "FromMinutes" => Sum(call.Arguments, TimeSpan.TicksPerMinute, depth),
        "FromSeconds" => Sum(call.Arguments, TimeSpan.TicksPerSecond, depth),
        "FromMilliseconds" => Sum(call.Arguments, TimeSpan.TicksPerMillisecond, depth),
        "FromMicroseconds" => Sum(call.Arguments, TimeSpan.TicksPerMillisecond / 1000, depth),
        "FromTicks" => Sum(call.Arguments, unit: 1, depth),
        "Parse" => Parse(call),
        "ParseExact" => ParseExact(call),
        _ => null,
    };

    private static TimeSpan? OfMethod(IInvocationOperation call, Depth depth) => call.TargetMethod.Name switch
    {
        "Negate" => FromTicks(-(double?)Of(call.Instance!, depth)?.Ticks),
        "Duration" => Of(call.Instance!, depth) is { } value ? FromTicks(Math.Abs((double)value.Ticks)) : null,
        "Add" => Of(BinaryOperatorKind.Add, call.Instance!, call.Arguments[0].Value, depth),
        "Subtract" => Of(BinaryOperatorKind.Subtract, call.Instance!, call.Arguments[0].Value, depth),
        "Multiply" => Of(BinaryOperatorKind.Multiply, call.Instance!, call.Arguments[0].Value, depth),
        "Divide" => Of(BinaryOperatorKind.Divide, call.Instance!, call.Arguments[0].Value, depth),
        _ => null,
    };

    private static TimeSpan? Of(BinaryOperatorKind kind, IOperation left, IOperation right, Depth depth)
    {
        double? leftTicks = Of(left, depth)?.Ticks;
        return kind switch
        {
            BinaryOperatorKind.Add => FromTicks(leftTicks + Of(right, depth)?.Ticks),
            BinaryOperatorKind.Subtract => FromTicks(leftTicks - Of(right, depth)?.Ticks),
            BinaryOperatorKind.Multiply => FromRoundedTicks(
                leftTicks is null
                    ? ConstantNumbers.Of(left, depth) * Of(right, depth)?.Ticks
                    : leftTicks * ConstantNumbers.Of(right, depth)),
            BinaryOperatorKind.Divide => FromRoundedTicks(leftTicks / ConstantNumbers.Of(right, depth)),
            _ => null,
        };
    }

    /// <summary>Adds up arguments, each in the unit that its parameter is named after, or else in the given one.</summary>
    private static TimeSpan? Sum(ImmutableArray<IArgumentOperation> arguments, long unit, Depth depth)
    {
        double? ticks = 0;
        foreach (var argument in arguments)
        {
            ticks += ConstantNumbers.Of(argument.Value, depth) * (Unit(argument.Parameter?.Name) ?? unit);
        }

        return FromTicks(ticks);
    }

    private static long? Unit(string? parameter) => parameter switch
    {
        "days" => TimeSpan.TicksPerDay,
        "hours" => TimeSpan.TicksPerHour,
        "minutes" => TimeSpan.TicksPerMinute,
        "seconds" => TimeSpan.TicksPerSecond,
        "milliseconds" => TimeSpan.TicksPerMillisecond,
        "microseconds" => TimeSpan.TicksPerMillisecond / 1000,
        "ticks" => 1,
        _ => null,
    };

    private static TimeSpan? Parse(IInvocationOperation call) =>
        Text(call, 0) is { } text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static TimeSpan? ParseExact(IInvocationOperation call) =>
        Text(call, 0) is { } text
        && Text(call, 1) is { } format
        && TimeSpan.TryParseExact(text, format, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private static string? Text(IInvocationOperation call, int parameter)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Ordinal == parameter)
            {
                // A literal becomes the span of characters that an overload takes.
                var value = argument.Value is IConversionOperation { Operand.Type.SpecialType: SpecialType.System_String } conversion
                    ? conversion.Operand
                    : argument.Value;
                return ConstantStrings.TryGet(value, out var text) ? text : null;
            }
        }

        return null;
    }

    // Out of range, the program itself throws where it is, which is not for these rules to say.
    private static TimeSpan? FromTicks(double? ticks) =>
        ticks is >= long.MinValue and < long.MaxValue ? new TimeSpan((long)ticks) : null;

    // As the run time does, for a product and a quotient only.
    private static TimeSpan? FromRoundedTicks(double? ticks) => FromTicks(ticks is { } exact ? Math.Round(exact) : null);

    /// <summary>Whether an operator is the time span's own, rather than that of a type which makes or takes one.</summary>
    private static bool IsOwn(IMethodSymbol? operatorMethod) => IsTimeSpan(operatorMethod?.ContainingType);

    private static bool IsTimeout(ITypeSymbol type) =>
        type is { Name: nameof(Timeout), ContainingNamespace: { Name: nameof(System.Threading), ContainingNamespace.Name: nameof(System) } };

    private static bool IsTimeSpan(ITypeSymbol? type) =>
        type is { Name: nameof(TimeSpan), ContainingNamespace: { Name: nameof(System), ContainingNamespace.IsGlobalNamespace: true } };
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>The values that an expression can take, as far as the expression itself shows them.</summary>
internal static class ValueSources
{
    /// <summary>The expression without conversions, or each branch of a choice that can be taken.</summary>
    internal static IEnumerable<IOperation> Of(IOperation value)
    {
        var waiting = new Stack<IOperation>();
        waiting.Push(value);
        while (waiting.Count > 0)
        {
            switch (waiting.Pop())
            {
                case IConversionOperation { ConstantValue.HasValue: false, OperatorMethod: null } conversion:
                    waiting.Push(conversion.Operand);
                    break;
                case IConditionalOperation { WhenFalse: { } otherwise, Condition.ConstantValue: { HasValue: true, Value: bool isTrue } } known:
                    waiting.Push(isTrue ? known.WhenTrue : otherwise);
                    break;
                case IConditionalOperation { WhenFalse: { } otherwise } choice:
                    waiting.Push(otherwise);
                    waiting.Push(choice.WhenTrue);
                    break;
                case ICoalesceOperation { Value.ConstantValue: { HasValue: true, Value: not null } } known:
                    waiting.Push(known.Value);
                    break;
                case ICoalesceOperation coalesce:
                    waiting.Push(coalesce.WhenNull);
                    waiting.Push(coalesce.Value);
                    break;
                case ISwitchExpressionOperation choice:
                    foreach (var arm in choice.Arms)
                    {
                        waiting.Push(arm.Value);
                    }

                    break;
                case var leaf:
                    yield return leaf;
                    break;
            }
        }
    }
}

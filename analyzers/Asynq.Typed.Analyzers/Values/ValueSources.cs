using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>The values that an expression can take, as far as the expression itself shows them.</summary>
internal static class ValueSources
{
    /// <summary>The expression without conversions, or each branch of a choice.</summary>
    internal static IEnumerable<IOperation> Of(IOperation value)
    {
        var waiting = new Stack<IOperation>();
        waiting.Push(value);
        while (waiting.Count > 0)
        {
            switch (waiting.Pop())
            {
                case IConversionOperation { ConstantValue.HasValue: false } conversion:
                    waiting.Push(conversion.Operand);
                    break;
                case IConditionalOperation { WhenFalse: { } otherwise } choice:
                    waiting.Push(otherwise);
                    waiting.Push(choice.WhenTrue);
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

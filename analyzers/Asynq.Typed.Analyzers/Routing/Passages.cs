using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>What has run when something else does.</summary>
internal static class Passages
{
    /// <summary>
    /// Whether an operation that stands earlier has run whenever a later one does: on its way up to what holds both there is
    /// nothing that may be left out, such as a branch, an arm, a loop or a function.
    /// </summary>
    internal static bool IsAlwaysBefore(IOperation earlier, IOperation later)
    {
        var passed = earlier;
        for (var outer = earlier.Parent; outer is not null; passed = outer, outer = outer.Parent)
        {
            if (MayBeLeftOut(passed, outer))
            {
                return false;
            }

            if (outer.Syntax.Span.Contains(later.Syntax.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayBeLeftOut(IOperation part, IOperation whole) => whole switch
    {
        IConditionalOperation choice => part != choice.Condition,
        ICoalesceOperation choice => part != choice.Value,
        ICoalesceAssignmentOperation choice => part != choice.Target,
        IConditionalAccessOperation access => part != access.Operation,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both =>
            part != both.LeftOperand,
        ISwitchOperation choice => part != choice.Value,
        ISwitchExpressionOperation choice => part != choice.Value,
        IForEachLoopOperation loop => part != loop.Collection,
        ILoopOperation or ITryOperation or IAnonymousFunctionOperation or ILocalFunctionOperation => true,
        _ => false,
    };
}

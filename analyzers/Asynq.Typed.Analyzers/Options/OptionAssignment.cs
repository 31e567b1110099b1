using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// A value that is given to a property of the library's option types: in an object initialiser, a <c>with</c>
/// expression, or a statement, inside a lambda or not.
/// </summary>
internal sealed class OptionAssignment(IPropertyReferenceOperation target, IOperation value)
{
    /// <summary>The operations that <see cref="AllIn"/> looks into.</summary>
    internal static readonly ImmutableArray<OperationKind> Kinds =
        [OperationKind.SimpleAssignment, OperationKind.CoalesceAssignment, OperationKind.DeconstructionAssignment];

    internal IPropertyReferenceOperation Target { get; } = target;

    internal IOperation Value { get; } = value;

    internal string Property => Target.Property.Name;

    internal string Owner => Target.Property.ContainingType.Name;

    internal static OptionAssignment? In(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation target } assignment =>
            new OptionAssignment(target, assignment.Value),
        ICoalesceAssignmentOperation { Target: IPropertyReferenceOperation target } assignment =>
            new OptionAssignment(target, assignment.Value),
        _ => null,
    };

    /// <summary>As <see cref="In"/>, with those that one tuple gives to another, of which there can be several.</summary>
    internal static IEnumerable<OptionAssignment> AllIn(IOperation operation)
    {
        if (operation is IDeconstructionAssignmentOperation deconstruction)
        {
            return OfTuple(deconstruction.Target, deconstruction.Value);
        }

        return In(operation) is { } assignment ? [assignment] : [];
    }

    internal bool IsOf(INamedTypeSymbol? type) =>
        type is not null && SymbolEqualityComparer.Default.Equals(Target.Property.ContainingType, type);

    private static IEnumerable<OptionAssignment> OfTuple(IOperation target, IOperation value)
    {
        var given = value is IConversionOperation { OperatorMethod: null } conversion ? conversion.Operand : value;
        if (target is IPropertyReferenceOperation property)
        {
            return [new OptionAssignment(property, value)];
        }

        return target is ITupleOperation targets && given is ITupleOperation values && targets.Elements.Length == values.Elements.Length
            ? targets.Elements.SelectMany((element, index) => OfTuple(element, values.Elements[index]))
            : [];
    }
}

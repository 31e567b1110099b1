using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// A value that is given to a property of the library's option types: in an object initialiser, a <c>with</c>
/// expression, or a statement, inside a lambda or not.
/// </summary>
internal sealed class OptionAssignment(IPropertyReferenceOperation target, IOperation value)
{
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

    internal bool IsOf(INamedTypeSymbol? type) =>
        type is not null && SymbolEqualityComparer.Default.Equals(Target.Property.ContainingType, type);
}

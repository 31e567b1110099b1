using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>
/// Finds the expression that a name stands for, whatever the program does: a static readonly field, a static property
/// without a setter, or a local that is assigned where it is declared. None where something else may give it a value.
/// </summary>
internal static class Definition
{
    internal static IOperation? Of(IOperation reference) => reference switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } => OfStatic(field, reference),
        IPropertyReferenceOperation
        {
            Property: { IsStatic: true, SetMethod: null, IsVirtual: false, IsAbstract: false } property
        } => OfStatic(property, reference),
        ILocalReferenceOperation { Local: var local } when !Writes.ToLocal(local, reference) => Initializer(local, reference),
        _ => null,
    };

    private static IOperation? OfStatic(ISymbol member, IOperation reference) =>
        Initializer(member, reference) is { } value && !IsReadTooEarly(member, reference) && !Writes.ToStatic(member) ? value : null;

    private static IOperation? Initializer(ISymbol symbol, IOperation reference)
    {
        if (symbol.DeclaringSyntaxReferences.Length != 1
            || reference.SemanticModel is not { } model
            || ExpressionOf(symbol.DeclaringSyntaxReferences[0].GetSyntax()) is not { } expression)
        {
            return null;
        }

        if (expression.SyntaxTree != model.SyntaxTree)
        {
            // In an editor the source of a referenced project can be seen; in a build it cannot, and both must say the same.
            if (!model.Compilation.ContainsSyntaxTree(expression.SyntaxTree))
            {
                return null;
            }

#pragma warning disable RS1030 // A name's definition may stand in another file; only names that reach an option are followed.
            model = model.Compilation.GetSemanticModel(expression.SyntaxTree);
#pragma warning restore RS1030
        }

        return model.GetOperation(expression) is { } operation ? WithConversions(operation) : null;
    }

    private static ExpressionSyntax? ExpressionOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax variable => variable.Initializer?.Value,
        PropertyDeclarationSyntax { ExpressionBody: { } body } => body.Expression,
        PropertyDeclarationSyntax property when IsAuto(property) => property.Initializer?.Value,
        _ => null,
    };

    private static bool IsAuto(PropertyDeclarationSyntax property) =>
        property.AccessorList?.Accessors.All(accessor => accessor is { Body: null, ExpressionBody: null }) == true;

    // What is declared as another type than its expression has gets its value by a conversion, which may be anybody's.
    private static IOperation WithConversions(IOperation value)
    {
        while (value.Parent is IConversionOperation { IsImplicit: true } conversion && conversion.Operand == value)
        {
            value = conversion;
        }

        return value;
    }

    /// <summary>Whether an initialiser reads a member of its own type whose own initialiser runs later, or may.</summary>
    private static bool IsReadTooEarly(ISymbol member, IOperation reference)
    {
        var root = reference;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        var initialized = root switch
        {
            IFieldInitializerOperation field => field.InitializedFields.FirstOrDefault(),
            IPropertyInitializerOperation property => property.InitializedProperties.FirstOrDefault(),
            _ => (ISymbol?)null,
        };
        var declaration = member.DeclaringSyntaxReferences[0];
        return initialized is { IsStatic: true }
            && SymbolEqualityComparer.Default.Equals(initialized.ContainingType, member.ContainingType)
            && (declaration.SyntaxTree != reference.Syntax.SyntaxTree || declaration.Span.Start > reference.Syntax.SpanStart);
    }
}

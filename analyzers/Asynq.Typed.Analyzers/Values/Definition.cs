using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>
/// Finds the expression that a name stands for: a static readonly field, a static property without a setter, or a local
/// that is assigned where it is declared and nowhere else.
/// </summary>
internal static class Definition
{
    internal static IOperation? Of(IOperation reference) => reference switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } => Initializer(field, reference),
        IPropertyReferenceOperation { Property: { IsStatic: true, SetMethod: null } property } => Initializer(property, reference),
        ILocalReferenceOperation { Local: var local } when !IsWrittenAgain(local, reference) => Initializer(local, reference),
        _ => null,
    };

    private static IOperation? Initializer(ISymbol symbol, IOperation reference)
    {
        if (symbol.DeclaringSyntaxReferences.Length != 1 || reference.SemanticModel is not { } model)
        {
            return null;
        }

        var expression = symbol.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer?.Value,
            PropertyDeclarationSyntax property => property.ExpressionBody?.Expression ?? property.Initializer?.Value,
            _ => null,
        };
        if (expression is null)
        {
            return null;
        }

        if (expression.SyntaxTree != model.SyntaxTree)
        {
#pragma warning disable RS1030 // A name's definition may stand in another file; only names that reach an option are followed.
            model = model.Compilation.GetSemanticModel(expression.SyntaxTree);
#pragma warning restore RS1030
        }

        return model.GetOperation(expression);
    }

    private static bool IsWrittenAgain(ILocalSymbol local, IOperation reference)
    {
        var body = reference;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        foreach (var operation in body.Descendants())
        {
            if (Written(operation) is ILocalReferenceOperation written
                && SymbolEqualityComparer.Default.Equals(written.Local, local))
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? Written(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation step => step.Target,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
        _ => null,
    };
}

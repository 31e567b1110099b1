using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>Whether what a name stands for may be given another value than the one that it is declared with.</summary>
internal static class Writes
{
    /// <summary>Whether a local is written anywhere in the body that a reference to it stands in.</summary>
    internal static bool ToLocal(ILocalSymbol local, IOperation reference)
    {
        var body = reference;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        foreach (var operation in body.Descendants())
        {
            if (operation is ILocalReferenceOperation candidate
                && SymbolEqualityComparer.Default.Equals(candidate.Local, local)
                && (IsByReference(candidate) || IsWritten(candidate.Syntax)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a static member that is read-only may be written where the language lets it be: in the static constructor
    /// of its type, of which it is enough that it names the member, and in the initialisers of other members.
    /// </summary>
    internal static bool ToStatic(ISymbol member)
    {
        foreach (var reference in member.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var part in (reference.GetSyntax() as TypeDeclarationSyntax)?.Members ?? default)
            {
                if (part is ConstructorDeclarationSyntax constructor && constructor.Modifiers.Any(SyntaxKind.StaticKeyword)
                    ? Names(part, member.Name).Any()
                    : part is FieldDeclarationSyntax or PropertyDeclarationSyntax && Names(part, member.Name).Any(IsWritten))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<SyntaxNode> Names(SyntaxNode part, string name) =>
        part.DescendantNodes().Where(node => node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name);

    /// <summary>Whether a name is what is assigned to, or is handed to something that can assign to it.</summary>
    private static bool IsWritten(SyntaxNode name)
    {
        var target = name;
        while (target.Parent is ParenthesizedExpressionSyntax or TupleExpressionSyntax or ArgumentSyntax { Parent: TupleExpressionSyntax }
            || (target.Parent is MemberAccessExpressionSyntax access && access.Name == target))
        {
            target = target.Parent;
        }

        return target.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == target,
            ArgumentSyntax argument => argument.RefKindKeyword.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword,
            PrefixUnaryExpressionSyntax prefix => prefix.Kind()
                is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression or SyntaxKind.AddressOfExpression,
            PostfixUnaryExpressionSyntax postfix => postfix.Kind()
                is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression,
            RefExpressionSyntax => true,
            _ => false,
        };
    }

    // The receiver of an extension can be passed by reference, and nothing is written at the call to say so.
    private static bool IsByReference(IOperation value) =>
        value.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out }
        || (value.Parent is IInvocationOperation { Instance: { } receiver } call
            && receiver == value
            && call.TargetMethod.ContainingType?.ExtensionParameter is { RefKind: RefKind.Ref });
}

using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Routing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.CodeFixes;

/// <summary>Passes a handler's cancellation token to every awaited call that takes one and is given none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PassCancellationTokenFix))]
[Shared]
public sealed class PassCancellationTokenFix : NodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ2004HandlerIgnoresCancellation];

    private protected override string Title => "Pass the cancellation token on";

    private protected override void Apply(DocumentEditor editor, SyntaxNode node, CancellationToken cancellationToken)
    {
        var model = editor.SemanticModel;
        if (node.FirstAncestorOrSelf<ParameterSyntax>() is not { } parameter
            || node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method
            || model.GetOperation(method, cancellationToken) is not IMethodBodyOperation body
            || (body.BlockBody ?? body.ExpressionBody) is not { } block
            || model.Compilation.GetTypeByMetadataName("System.Threading.CancellationToken") is not { } token)
        {
            return;
        }

        foreach (var call in CancellableCalls.In(block, token, model.Compilation))
        {
            if (call.Invocation.Syntax is InvocationExpressionSyntax invocation)
            {
                var position = call.Parameter.Ordinal - (IsExtension(call, invocation) ? 1 : 0);
                var expanded = FirstExpanded(call.Invocation) - (IsExtension(call, invocation) ? 1 : 0);
                var argument = SyntaxFactory.Argument(SyntaxFactory.IdentifierName(parameter.Identifier.ValueText));
                var name = SyntaxFactory.NameColon(call.Parameter.Name);
                editor.ReplaceNode(invocation, (current, _) =>
                {
                    var arguments = Wrap(((InvocationExpressionSyntax)current).ArgumentList, expanded);
                    var isPositional = position == arguments.Arguments.Count
                        && arguments.Arguments.All(present => present.NameColon is null);
                    return ((InvocationExpressionSyntax)current).WithArgumentList(
                        arguments.AddArguments(isPositional ? argument : argument.WithNameColon(name)));
                });
            }
        }
    }

    private static bool IsExtension(CancellableCall call, InvocationExpressionSyntax invocation) =>
        call.Parameter.ContainingSymbol is IMethodSymbol { IsExtensionMethod: true }
        && invocation.Expression is MemberAccessExpressionSyntax access
        && call.Invocation.Arguments[0].Value.Syntax == access.Expression;

    /// <summary>The position of the parameter that takes all further arguments; <c>null</c> where it is given as a whole, or
    /// there is none.</summary>
    private static int? FirstExpanded(IInvocationOperation call) => call.Arguments
        .FirstOrDefault(argument => argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection)
        ?.Parameter?.Ordinal;

    /// <summary>Gives as one what the parameter takes: behind it, the token would be one more of them.</summary>
    private static ArgumentListSyntax Wrap(ArgumentListSyntax given, int? expanded)
    {
        if (expanded is not { } first || first > given.Arguments.Count)
        {
            return given;
        }

        var elements = given.Arguments.Skip(first).Select(argument => SyntaxFactory.ExpressionElement(argument.Expression)).ToList();
        var separators = Enumerable.Repeat(
            SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), Math.Max(elements.Count - 1, 0));
        var whole = SyntaxFactory.Argument(
            SyntaxFactory.CollectionExpression(SyntaxFactory.SeparatedList<CollectionElementSyntax>(elements, separators)));
        var kept = given.WithArguments(SyntaxFactory.SeparatedList(given.Arguments.Take(first)));
        return kept.AddArguments(
            given.Arguments.Skip(first).FirstOrDefault()?.NameColon is { } name ? whole.WithNameColon(name) : whole);
    }
}

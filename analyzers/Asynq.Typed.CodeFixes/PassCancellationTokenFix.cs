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
                var argument = Argument(call, invocation, parameter.Identifier.ValueText);
                editor.ReplaceNode(invocation, (current, _) => Append((InvocationExpressionSyntax)current, argument));
            }
        }
    }

    private static ArgumentSyntax Argument(CancellableCall call, InvocationExpressionSyntax invocation, string token)
    {
        var argument = SyntaxFactory.Argument(SyntaxFactory.IdentifierName(token));
        var given = invocation.ArgumentList.Arguments.Count;
        var isExtension = call.Parameter.ContainingSymbol is IMethodSymbol { IsExtensionMethod: true }
            && call.Invocation.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            && call.Invocation.Arguments[0].Value.Syntax == access.Expression;
        var position = call.Parameter.Ordinal - (isExtension ? 1 : 0);
        return position == given && invocation.ArgumentList.Arguments.All(present => present.NameColon is null)
            ? argument
            : argument.WithNameColon(SyntaxFactory.NameColon(call.Parameter.Name));
    }

    private static InvocationExpressionSyntax Append(InvocationExpressionSyntax invocation, ArgumentSyntax argument) =>
        invocation.WithArgumentList(invocation.ArgumentList.AddArguments(argument));
}

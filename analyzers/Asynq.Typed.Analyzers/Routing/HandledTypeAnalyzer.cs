using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Base lists that name a handler interface of something that is no task.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandledTypeAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [RoutingRules.HandledTypeIsNoTask];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterSyntaxNodeAction(nodeContext => Check(nodeContext, symbols), SyntaxKind.SimpleBaseType);

    private static void Check(SyntaxNodeAnalysisContext context, AsynqSymbols symbols)
    {
        var baseType = (SimpleBaseTypeSyntax)context.Node;
        if (context.SemanticModel.GetTypeInfo(baseType.Type, context.CancellationToken).Type is not INamedTypeSymbol named
            || !symbols.IsHandlerInterface(named)
            || named.TypeArguments[0] is not { TypeKind: not (TypeKind.Error or TypeKind.TypeParameter) } handled
            || symbols.IsTask(handled)
            || baseType.Parent?.Parent is not BaseTypeDeclarationSyntax handler)
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            RoutingRules.HandledTypeIsNoTask,
            ArgumentOf(baseType).GetLocation(),
            handler.Identifier.ValueText,
            handled.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
    }

    private static TypeSyntax ArgumentOf(SimpleBaseTypeSyntax baseType) =>
        baseType.Type.DescendantNodesAndSelf().OfType<GenericNameSyntax>().FirstOrDefault() is { } generic
            ? generic.TypeArgumentList.Arguments[0]
            : baseType.Type;
}

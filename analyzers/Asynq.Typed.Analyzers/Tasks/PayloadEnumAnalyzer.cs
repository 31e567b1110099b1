using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Enums that travel as numbers, and whose numbers depend on the order of their members.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PayloadEnumAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [TaskRules.PayloadEnumHasImplicitValues];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var enums = new Lazy<ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol>>(
            () => PayloadEnums.Of(index.SourceTasks));
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                if (type.TypeKind == TypeKind.Enum)
                {
                    Check(symbolContext, type, enums.Value);
                }
            },
            SymbolKind.NamedType);
    }

    private static void Check(
        SymbolAnalysisContext context,
        INamedTypeSymbol type,
        ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol> enums)
    {
        if (enums.TryGetValue(type, out var task) && FirstImplicit(type, context.CancellationToken) is { } member)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.PayloadEnumHasImplicitValues, type.Locations[0], type.Name, task.Name, member.Name));
        }
    }

    private static ISymbol? FirstImplicit(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsConst: true, DeclaringSyntaxReferences.Length: 1 }
                && member.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) is EnumMemberDeclarationSyntax { EqualsValue: null })
            {
                return member;
            }
        }

        return null;
    }
}

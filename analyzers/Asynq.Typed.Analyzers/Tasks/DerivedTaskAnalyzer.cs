using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>A task whose derived types could be enqueued in its place.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DerivedTaskAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [TaskRules.HasDerivedTypes];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var derived = new Lazy<ILookup<INamedTypeSymbol, INamedTypeSymbol>>(() => index.SourceTypes
            .Where(type => type is { TypeKind: TypeKind.Class, BaseType.SpecialType: SpecialType.None } && !symbols.IsTask(type))
            .ToLookup<INamedTypeSymbol, INamedTypeSymbol>(
                type => type.BaseType!.OriginalDefinition, SymbolEqualityComparer.Default));
        context.RegisterSymbolAction(
            symbolContext => Check(symbolContext, symbols, derived.Value), SymbolKind.NamedType);
    }

    private static void Check(
        SymbolAnalysisContext context, AsynqSymbols symbols, ILookup<INamedTypeSymbol, INamedTypeSymbol> derived)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind == TypeKind.Class
            && symbols.IsTask(type)
            && derived[type].FirstOrDefault() is { } first)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.HasDerivedTypes, type.Locations[0], type.Name, first.Name));
        }
    }
}

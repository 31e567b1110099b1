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
    /// <summary>Diagnostic property: sealing the task changes nothing else in it.</summary>
    internal const string FixedBySealing = nameof(FixedBySealing);

    private static readonly ImmutableDictionary<string, string?> NoProperties = ImmutableDictionary<string, string?>.Empty;

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
        if (type.TypeKind != TypeKind.Class)
        {
            return;
        }

        if (!symbols.IsTask(type))
        {
            CheckBase(context, type, symbols);
        }
        else if (derived[type].FirstOrDefault() is { } first)
        {
            var properties = HasMembersForDerivedTypes(type) ? NoProperties : NoProperties.Add(FixedBySealing, null);
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.HasDerivedTypes, type.Locations[0], properties, type.Name, first.Name));
        }
    }

    /// <summary>Of a task in another project, only the derived type stands where it can be reported.</summary>
    private static void CheckBase(SymbolAnalysisContext context, INamedTypeSymbol type, AsynqSymbols symbols)
    {
        if (type.BaseType?.OriginalDefinition is { } parent
            && !SymbolEqualityComparer.Default.Equals(parent.ContainingAssembly, context.Compilation.Assembly)
            && symbols.IsTask(parent))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.HasDerivedTypes, type.Locations[0], parent.Name, type.Name));
        }
    }

    /// <summary>Whether there are members that a sealed type may not have, or has no use for.</summary>
    private static bool HasMembersForDerivedTypes(INamedTypeSymbol type) => type.GetMembers().Any(member =>
        !member.IsImplicitlyDeclared
        && !member.IsOverride
        && (member.IsVirtual || member.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal));
}

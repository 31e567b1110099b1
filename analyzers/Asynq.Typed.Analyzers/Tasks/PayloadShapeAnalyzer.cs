using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Shows why the generator gives up on a task: it is asked itself, by the source that it shares.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PayloadShapeAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [TaskRules.ShapeCannotBeSeen];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                if (symbols.TaskAttributeOf(type) is { } attribute)
                {
                    Check(symbolContext, new TaskDeclaration(type, attribute));
                }
            },
            SymbolKind.NamedType);

    private static void Check(SymbolAnalysisContext context, TaskDeclaration task)
    {
        if (string.IsNullOrWhiteSpace(task.TypeName) || TaskShape.Fault(task.Type, context.CancellationToken) is not null)
        {
            return;
        }

        var (_, faults) = TaskParser.Parse(context.Compilation, task.Type, task.Attribute, context.CancellationToken);
        foreach (var fault in faults)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.ShapeCannotBeSeen, LocationOf(fault.Symbol, task), task.Type.Name, NameOf(fault.Symbol), fault.Reason));
        }
    }

    // A report in another file would not be shown while only this one is open.
    private static Location LocationOf(ISymbol symbol, TaskDeclaration task)
    {
        foreach (var location in symbol.Locations)
        {
            if (location.SourceTree is { } tree && task.Type.Locations.Any(own => own.SourceTree == tree))
            {
                return location;
            }
        }

        return task.Location;
    }

    private static string NameOf(ISymbol symbol) =>
        symbol is INamedTypeSymbol ? symbol.Name : $"{symbol.ContainingType.Name}.{symbol.Name}";
}

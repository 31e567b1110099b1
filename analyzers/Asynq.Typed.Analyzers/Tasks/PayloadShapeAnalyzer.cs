using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Shows why the generator gives up on a task: it is asked itself, by the source that it shares.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PayloadShapeAnalyzer : AsynqAnalyzer
{
    /// <summary>Diagnostic property: the member that is reported needs a number of its own.</summary>
    internal const string FixedByNumber = nameof(FixedByNumber);

    /// <summary>Diagnostic property: the member that is reported could have a formatter, in the format that it says.</summary>
    internal const string FixedByFormatter = nameof(FixedByFormatter);

    internal const string Json = nameof(WireFormat.Json);

    private static readonly ImmutableDictionary<string, string?> NoProperties = ImmutableDictionary<string, string?>.Empty;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = 
        [TaskRules.ShapeCannotBeSeen, TaskRules.KeysDoNotAgree];

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
            var location = LocationOf(fault.Symbol, task);
            context.ReportDiagnostic(Diagnostic.Create(
                fault.Kind is ShapeFaultKind.Key or ShapeFaultKind.Number ? TaskRules.KeysDoNotAgree : TaskRules.ShapeCannotBeSeen,
                location ?? task.Location,
                location is null ? NoProperties : PropertiesOf(fault, task, context.Compilation),
                task.Type.Name,
                NameOf(fault.Symbol),
                fault.Reason));
        }
    }

    private static ImmutableDictionary<string, string?> PropertiesOf(
        ShapeFault fault, TaskDeclaration task, Compilation compilation) => fault.Kind switch
    {
        // The keys of MessagePack's own attributes belong to other programs too.
        ShapeFaultKind.Number when !fault.Symbol.ContainingType.Has(WellKnownNames.MessagePackObject) && IsAlone(fault.Symbol) =>
            NoProperties.Add(FixedByNumber, null),
        ShapeFaultKind.Value when IsAlone(fault.Symbol) && !IsFormatted(fault.Symbol) && IsSeenBeside(fault.Symbol, compilation) =>
            TaskParser.ParseOptions(task.Attribute).Format switch
            {
                WireFormat.MessagePack => NoProperties.Add(FixedByFormatter, nameof(WireFormat.MessagePack)),
                WireFormat.Json => NoProperties.Add(FixedByFormatter, Json),
                _ => NoProperties,
            },
        _ => NoProperties,
    };

    /// <summary>Whether a formatter is named that does not fit, which is for its author to mend.</summary>
    private static bool IsFormatted(ISymbol member) =>
        member.FindOnMember(null, WellKnownNames.FormatterAttribute) is not null;

    /// <summary>Whether a formatter that stands beside the outermost type could name what the member holds.</summary>
    private static bool IsSeenBeside(ISymbol member, Compilation compilation) =>
        ((member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type) is { } type
        && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);

    // Of two fields in one declaration, an attribute would be for both.
    private static bool IsAlone(ISymbol member) =>
        member.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: > 1 } };

    /// <summary>Where the symbol stands in a file of the task's; a report in another one would not be shown while only this
    /// one is open.</summary>
    private static Location? LocationOf(ISymbol symbol, TaskDeclaration task)
    {
        foreach (var location in symbol.Locations)
        {
            if (location.SourceTree is { } tree && task.Type.Locations.Any(own => own.SourceTree == tree))
            {
                return location;
            }
        }

        return null;
    }

    private static string NameOf(ISymbol symbol) =>
        symbol is INamedTypeSymbol ? symbol.Name : $"{symbol.ContainingType.Name}.{symbol.Name}";
}

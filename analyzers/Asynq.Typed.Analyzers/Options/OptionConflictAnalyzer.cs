using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Options that exclude each other, and weights that leave a strict order open.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptionConflictAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [OptionRules.OptionsContradict, OptionRules.StrictWeightsAreEqual];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(
            operation => CheckDueTimes(operation, symbols), OperationKind.ObjectOrCollectionInitializer);
        context.RegisterOperationAction(
            operation => CheckStrictPriority(operation, symbols), OperationKind.SimpleAssignment);
    }

    private static void CheckDueTimes(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        OptionAssignment? first = null;
        foreach (var element in ((IObjectOrCollectionInitializerOperation)context.Operation).Initializers)
        {
            if (OptionAssignment.In(element) is not { Property: "ProcessIn" or "ProcessAt" } assignment
                || !assignment.IsOf(symbols.EnqueueOptions)
                || !IsNeverNull(assignment.Value))
            {
                continue;
            }

            if (first is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.OptionsContradict, element.Syntax.GetLocation(), first.Property, assignment.Property));
            }

            first = assignment;
        }
    }

    /// <summary>Whether a nullable value is made of one that cannot be null: of two that may be, one may stand in for the other.</summary>
    private static bool IsNeverNull(IOperation value) =>
        value is IConversionOperation { Operand.Type: { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } } conversion
        && conversion.OperatorMethod?.ReturnType.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T;

    private static void CheckStrictPriority(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        if (OptionAssignment.In(context.Operation) is not { Property: "StrictPriority" } assignment
            || !assignment.IsOf(symbols.ServerOptions)
            || assignment.Value.ConstantValue is not { HasValue: true, Value: true })
        {
            return;
        }

        foreach (var entries in SiblingEntries(context.Operation, assignment.Target.Instance, symbols))
        {
            CheckWeights(context, entries);
        }
    }

    private static void CheckWeights(OperationAnalysisContext context, List<QueueEntry> entries)
    {
        var byName = new Dictionary<string, (QueueEntry Entry, double Weight)>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (ConstantStrings.TryGet(entry.Name, out var name) && name is not null)
            {
                byName.Remove(name);
                if (ConstantNumbers.Of(entry.Weight) is > 0 and var weight)
                {
                    byName[name] = (entry, weight);
                }
            }
        }

        var byWeight = new Dictionary<double, string>();
        foreach (var (name, weighted) in byName.OrderBy(known => known.Value.Entry.Weight.Syntax.SpanStart).Select(known => (known.Key, known.Value)))
        {
            if (byWeight.TryGetValue(weighted.Weight, out var other))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.StrictWeightsAreEqual, weighted.Entry.Weight.Syntax.GetLocation(), other, name));
            }

            byWeight[weighted.Weight] = name;
        }
    }

    /// <summary>
    /// The entries that are given to the same options, in the same initialiser or the same list of statements: those that come
    /// together, and, where one of several dictionaries is chosen, those of each.
    /// </summary>
    private static List<List<QueueEntry>> SiblingEntries(IOperation operation, IOperation? options, AsynqSymbols symbols)
    {
        var together = new List<QueueEntry>();
        var all = new List<List<QueueEntry>> { together };
        var scope = operation.Parent is IExpressionStatementOperation statement ? statement.Parent : operation.Parent;
        foreach (var sibling in scope?.ChildOperations ?? [])
        {
            var candidate = sibling is IExpressionStatementOperation { Operation: var inner } ? inner : sibling;
            if (!QueueEntries.IsSame(QueueEntries.OwnerOf(candidate, symbols), options))
            {
                continue;
            }

            var given = QueueEntries.In(candidate, symbols).Select(entries => entries.ToList()).ToList();
            if (QueueEntries.Replaces(candidate, symbols))
            {
                together.Clear();
            }

            if (given.Count == 1)
            {
                together.AddRange(given[0]);
            }
            else
            {
                all.AddRange(given);
            }
        }

        return all;
    }
}

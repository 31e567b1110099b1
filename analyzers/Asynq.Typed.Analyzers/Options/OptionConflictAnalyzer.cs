using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Options that exclude each other, and entries of which one replaces another in silence.</summary>
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
            operation => CheckReplaced(operation, symbols),
            OperationKind.SimpleAssignment,
            OperationKind.CoalesceAssignment,
            OperationKind.MemberInitializer);
        context.RegisterOperationAction(operation => CheckUseChain(operation, symbols), OperationKind.Invocation);
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
                || assignment.Value.ConstantValue is { HasValue: true, Value: null })
            {
                continue;
            }

            if (first is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.OptionsContradict,
                    element.Syntax.GetLocation(),
                    $"'{first.Property}' and '{assignment.Property}' are both given",
                    "a task has one due time, leave one of them out"));
            }

            first = assignment;
        }
    }

    private static void CheckReplaced(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in QueueEntries.In(context.Operation, symbols))
        {
            if (ConstantStrings.TryGet(entry.Name, out var name) && name is not null && !seen.Add(name) && entry.Replaces)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.OptionsContradict,
                    entry.Name.Syntax.GetLocation(),
                    $"queue '{name}' is given twice",
                    "the last weight wins in silence, leave one of them out"));
            }
        }
    }

    private static void CheckUseChain(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (!NamesRedis(call, symbols))
        {
            return;
        }

        for (var earlier = Receiver(call); earlier is not null; earlier = Receiver(earlier))
        {
            if (NamesRedis(earlier, symbols))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.OptionsContradict,
                    call.Syntax.GetLocation(),
                    $"'{earlier.TargetMethod.Name}' is called before '{call.TargetMethod.Name}'",
                    "the last one wins in silence, leave one of them out"));
                return;
            }
        }
    }

    private static bool NamesRedis(IInvocationOperation call, AsynqSymbols symbols) =>
        call.TargetMethod.Name is "UseRedis" or "UseEmbedded"
        && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ReturnType, symbols.Builder);

    private static IInvocationOperation? Receiver(IInvocationOperation call) =>
        (call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments[0].Value : null)) as IInvocationOperation;

    private static void CheckStrictPriority(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        if (OptionAssignment.In(context.Operation) is not { Property: "StrictPriority" } assignment
            || !assignment.IsOf(symbols.ServerOptions)
            || assignment.Value.ConstantValue is not { HasValue: true, Value: true })
        {
            return;
        }

        var byWeight = new Dictionary<double, string>();
        foreach (var entry in SiblingEntries(context.Operation, assignment, symbols))
        {
            if (ConstantNumbers.Of(entry.Weight) is not { } weight
                || weight <= 0
                || !ConstantStrings.TryGet(entry.Name, out var name)
                || name is null)
            {
                continue;
            }

            if (byWeight.TryGetValue(weight, out var other) && other != name)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.StrictWeightsAreEqual, entry.Weight.Syntax.GetLocation(), other, name));
            }

            byWeight[weight] = name;
        }
    }

    /// <summary>The entries that are given to the same options, in the same initialiser or the same list of statements.</summary>
    private static IEnumerable<QueueEntry> SiblingEntries(
        IOperation operation, OptionAssignment assignment, AsynqSymbols symbols)
    {
        var scope = operation.Parent is IExpressionStatementOperation statement ? statement.Parent : operation.Parent;
        foreach (var sibling in scope?.ChildOperations ?? [])
        {
            var candidate = sibling is IExpressionStatementOperation { Operation: var inner } ? inner : sibling;
            if (OptionAssignment.In(candidate) is { } other && !IsSameInstance(other, assignment))
            {
                continue;
            }

            foreach (var entry in QueueEntries.In(candidate, symbols))
            {
                yield return entry;
            }
        }
    }

    private static bool IsSameInstance(OptionAssignment first, OptionAssignment second) =>
        first.Target.Property.IsIndexer
        || first.Target.Instance?.Syntax.ToString() == second.Target.Instance?.Syntax.ToString()
        || first.Target.Instance is IInstanceReferenceOperation;
}

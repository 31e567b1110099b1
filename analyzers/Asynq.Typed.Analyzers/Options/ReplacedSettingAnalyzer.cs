using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Settings that are given twice, of which the first is lost: queues' weights, and calls of a builder.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReplacedSettingAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [OptionRules.SettingIsReplaced];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(
            operation => CheckWithin(operation, symbols), OptionAssignment.Kinds.Add(OperationKind.MemberInitializer));
        context.RegisterOperationAction(operation => CheckStatement(operation, symbols), OperationKind.ExpressionStatement);
        context.RegisterOperationAction(operation => CheckChain(operation, symbols), OperationKind.Invocation);
    }

    private static void CheckWithin(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        foreach (var entries in QueueEntries.In(context.Operation, symbols))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in entries)
            {
                if (NameOf(entry) is { } name && !seen.Add(name) && entry.Replaces)
                {
                    Report(context, entry, name);
                }
            }
        }
    }

    private static void CheckStatement(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var statement = (IExpressionStatementOperation)context.Operation;
        if (statement.Operation is ISimpleAssignmentOperation assignment
            && QueueEntries.OwnerOf(assignment, symbols) is { } options
            && !QueueEntries.Replaces(assignment, symbols)
            && QueueEntry.In(assignment) is { } entry
            && NameOf(entry) is { } name
            && !Mentions(assignment.Value, options)
            && IsGivenBefore(name, options, statement, symbols))
        {
            Report(context, entry, name);
        }
    }

    /// <summary>
    /// Whether one of the statements just before gives the queue. The search ends at the first that may have looked at it, or that
    /// is more than a value given to something.
    /// </summary>
    private static bool IsGivenBefore(string name, IOperation options, IExpressionStatementOperation statement, AsynqSymbols symbols)
    {
        var siblings = (statement.Parent as IBlockOperation)?.Operations ?? [];
        for (var i = siblings.IndexOf(statement) - 1; i >= 0; i--)
        {
            if (siblings[i] is not IExpressionStatementOperation { Operation: var earlier })
            {
                return false;
            }

            if (QueueEntries.IsSame(QueueEntries.OwnerOf(earlier, symbols), options))
            {
                var given = QueueEntries.In(earlier, symbols).ToList();
                if (given.Count == 1 && given[0].Any(entry => NameOf(entry) == name))
                {
                    return true;
                }
            }

            var isPassed = earlier is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation, Value: var value }
                ? Mentions(value, options)
                : !QueueEntries.In(earlier, symbols).Any();
            if (isPassed || QueueEntries.Replaces(earlier, symbols))
            {
                return false;
            }
        }

        return false;
    }

    private static bool Mentions(IOperation value, IOperation options) =>
        value.DescendantsAndSelf().Any(part => QueueEntries.IsSame(part, options));

    private static string? NameOf(QueueEntry entry) => ConstantStrings.TryGet(entry.Name, out var name) ? name : null;

    private static void Report(OperationAnalysisContext context, QueueEntry entry, string name) =>
        context.ReportDiagnostic(Diagnostic.Create(
            OptionRules.SettingIsReplaced, entry.Name.Syntax.GetLocation(), $"Queue '{name}' is given twice"));

    private static void CheckChain(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (SettingOf(call, symbols) is not { } setting || call.TargetMethod.Name == "AddAsynq")
        {
            return;
        }

        for (var earlier = BuilderChain.Receiver(call); earlier is not null; earlier = BuilderChain.Receiver(earlier))
        {
            if (SettingOf(earlier, symbols) == setting)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.SettingIsReplaced,
                    call.Syntax.GetLocation(),
                    $"'{earlier.TargetMethod.Name}' is called before '{call.TargetMethod.Name}'"));
                return;
            }
        }
    }

    /// <summary>What a call of a builder sets, of which there is one; <c>null</c> for calls of which each counts.</summary>
    private static string? SettingOf(IInvocationOperation call, AsynqSymbols symbols)
    {
        if (!SymbolEqualityComparer.Default.Equals(call.TargetMethod.ReturnType, symbols.Builder))
        {
            return null;
        }

        return call.TargetMethod.Name switch
        {
            "UseRedis" or "UseEmbedded" => "Redis",
            "AddAsynq" when call.TargetMethod.Parameters.Length > 1 => "Redis",
            "WaitForReplicas" => "replicas",
            _ => null,
        };
    }
}

using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// Constants that are no queue names: in enqueue options, the queues of a server or a semaphore, and the inspector's arguments.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class QueueNameAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [OptionRules.QueueNameIsBlank, OptionRules.QueueNameHasBraces];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(operation => CheckOptions(operation, symbols), OptionAssignment.Kinds);
        context.RegisterOperationAction(
            operation => CheckEntries(operation, symbols),
            OptionAssignment.Kinds.Add(OperationKind.MemberInitializer).Add(OperationKind.Invocation));
        context.RegisterOperationAction(operation => CheckArgument(operation, symbols), OperationKind.Argument);
    }

    private static void CheckOptions(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        foreach (var assignment in OptionAssignment.AllIn(context.Operation))
        {
            if (assignment.Property == "Queue" && assignment.IsOf(symbols.EnqueueOptions))
            {
                Check(context, assignment.Value, $"{assignment.Owner}.{assignment.Property}");
            }
        }
    }

    private static void CheckEntries(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        foreach (var entry in QueueEntries.In(context.Operation, symbols).SelectMany(entries => entries))
        {
            Check(context, entry.Name, $"{symbols.ServerOptions?.Name}.Queues");
        }

        foreach (var name in SemaphoreQueues.NamesIn(context.Operation, symbols))
        {
            Check(context, name, $"{symbols.SemaphoreOptions?.Name}.Queues");
        }
    }

    private static void CheckArgument(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var argument = (IArgumentOperation)context.Operation;
        if (symbols.IsOfInspector(argument, "queue"))
        {
            Check(context, argument.Value, argument.Parameter!.ContainingSymbol.Name);
        }
    }

    private static void Check(OperationAnalysisContext context, IOperation value, string owner)
    {
        foreach (var source in ValueSources.Of(value))
        {
            // Null is either refused by the compiler or stands for the default.
            if (ConstantStrings.TryGet(source, out var name)
                && name is not null
                && QueueFault.Of(name, owner, source.Syntax.GetLocation()) is { } fault)
            {
                context.ReportDiagnostic(fault);
            }
        }
    }
}

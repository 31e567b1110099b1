using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Enqueues to a queue from which no server of the application takes tasks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EnqueueQueueAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [OptionRules.QueueIsNotConsumed];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var elsewhere = new Lazy<HashSet<ISymbol>>(() => new HashSet<ISymbol>(
            symbols.HandledElsewhere(context.Compilation.Assembly), SymbolEqualityComparer.Default));
        context.RegisterOperationAction(
            operation => Check(operation, symbols, elsewhere), OperationKind.Invocation);
    }

    private static void Check(OperationAnalysisContext context, AsynqSymbols symbols, Lazy<HashSet<ISymbol>> elsewhere)
    {
        var call = (IInvocationOperation)context.Operation;
        if (!symbols.IsEnqueue(call.TargetMethod)
            || call.TargetMethod.TypeArguments.Length != 1
            || call.TargetMethod.TypeArguments[0] is not INamedTypeSymbol task
            || elsewhere.Value.Contains(task)
            || QueueOf(call, task, symbols) is not { } queue
            || ServerQueues.In(context.Compilation, symbols).Names is not { } consumed
            || consumed.Contains(queue.Name))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            OptionRules.QueueIsNotConsumed, queue.Location, task.Name, queue.Name));
    }

    /// <summary>The queue that the call says, or else the task's type; <c>null</c> where it cannot be told.</summary>
    private static (string Name, Location Location)? QueueOf(IInvocationOperation call, INamedTypeSymbol task, AsynqSymbols symbols)
    {
        var given = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "options");
        var options = given?.Value is IConversionOperation conversion ? conversion.Operand : given?.Value;
        switch (options)
        {
            case null:
            case { ConstantValue: { HasValue: true, Value: null } }:
                return QueueOf(task, call, symbols);
            case IObjectCreationOperation { Arguments.IsEmpty: true } creation:
                foreach (var element in creation.Initializer?.Initializers ?? [])
                {
                    if (OptionAssignment.In(element) is { Property: "Queue" } assignment)
                    {
                        return ConstantStrings.TryGet(assignment.Value, out var name)
                            ? name is null ? QueueOf(task, call, symbols) : (name, assignment.Value.Syntax.GetLocation())
                            : null;
                    }
                }

                return QueueOf(task, call, symbols);
            default:
                return null;
        }
    }

    private static (string Name, Location Location)? QueueOf(INamedTypeSymbol task, IInvocationOperation call, AsynqSymbols symbols)
    {
        if (symbols.TaskAttributeOf(task) is not { } attribute)
        {
            return null;
        }

        var queue = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Queue").Value.Value as string;
        return (queue ?? QueueName.Default, call.Syntax.GetLocation());
    }
}

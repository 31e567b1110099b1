using System.Collections.Immutable;
using System.Globalization;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>What can be said of a task by its own declaration: its attribute and its shape as a type.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskDeclarationAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        TaskRules.TypeNameIsBlank,
        TaskRules.CannotBeCompleted,
        TaskRules.NumberIsOutOfRange,
        OptionRules.QueueNameIsBlank,
        OptionRules.QueueNameHasBraces,
        EnvironmentRules.NothingIsGenerated,
    ];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var obstacle = GenerationFloor.Fault(context.Compilation);
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                if (symbols.TaskAttributeOf(type) is { } attribute)
                {
                    Check(symbolContext, new TaskDeclaration(type, attribute), obstacle);
                }
            },
            SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context, TaskDeclaration task, string? obstacle)
    {
        CheckTypeName(context, task);
        CheckShape(context, task);
        CheckNumbers(context, task);
        CheckQueue(context, task);
        if (obstacle is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                EnvironmentRules.NothingIsGenerated, task.Location, task.Type.Name, obstacle));
        }
    }

    private static void CheckTypeName(SymbolAnalysisContext context, TaskDeclaration task)
    {
        if (task.Attribute.ConstructorArguments is { Length: 1 } arguments
            && arguments[0].Kind != TypedConstantKind.Error
            && string.IsNullOrWhiteSpace(task.TypeName))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.TypeNameIsBlank,
                AttributeArguments.OfConstructor(task.Attribute, context.CancellationToken),
                task.Type.Name));
        }
    }

    private static void CheckShape(SymbolAnalysisContext context, TaskDeclaration task)
    {
        if (TaskShape.Fault(task.Type, context.CancellationToken) is not { } fault)
        {
            return;
        }

        var properties = fault.IsFixedByPartial
            ? ImmutableDictionary<string, string?>.Empty.Add(TaskShape.FixedByPartial, null)
            : ImmutableDictionary<string, string?>.Empty;
        context.ReportDiagnostic(Diagnostic.Create(
            TaskRules.CannotBeCompleted, fault.Location ?? task.Location, properties, task.Type.Name, fault.Text));
    }

    private static void CheckNumbers(SymbolAnalysisContext context, TaskDeclaration task)
    {
        foreach (var argument in task.Attribute.NamedArguments)
        {
            if (argument.Value.Value is int number && number < TaskNumbers.Least(argument.Key))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    TaskRules.NumberIsOutOfRange,
                    AttributeArguments.OfProperty(task.Attribute, argument.Key, context.CancellationToken),
                    argument.Key,
                    task.Type.Name,
                    number.ToString(CultureInfo.InvariantCulture),
                    TaskNumbers.Least(argument.Key)));
            }
        }
    }

    private static void CheckQueue(SymbolAnalysisContext context, TaskDeclaration task)
    {
        foreach (var argument in task.Attribute.NamedArguments)
        {
            if (argument.Key == "Queue" && argument.Value.Kind == TypedConstantKind.Primitive)
            {
                var location = AttributeArguments.OfProperty(task.Attribute, argument.Key, context.CancellationToken);
                var fault = QueueFault.Of(argument.Value.Value as string, task.Type.Name, location);
                if (fault is not null)
                {
                    context.ReportDiagnostic(fault);
                }
            }
        }
    }
}

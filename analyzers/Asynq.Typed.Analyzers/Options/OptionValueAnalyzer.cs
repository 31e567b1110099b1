using System.Collections.Immutable;
using System.Globalization;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Constants out of range, wherever one reaches a property of the option types, or a name that the inspector is given.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptionValueAnalyzer : AsynqAnalyzer
{
    private static readonly TimeSpan MinGracePeriod = TimeSpan.FromSeconds(GroupLimits.MinGroupGracePeriodSeconds);

    private static readonly TimeSpan MinUnique = TimeSpan.FromSeconds(TaskLimits.MinUniqueSeconds);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        TaskRules.NumberIsOutOfRange,
        OptionRules.GracePeriodIsTooShort,
        OptionRules.UniqueTimeIsTooShort,
        OptionRules.NameIsBlank,
    ];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(
            operation =>
            {
                foreach (var assignment in OptionAssignment.AllIn(operation.Operation))
                {
                    Check(operation, assignment, symbols);
                }
            },
            OptionAssignment.Kinds);
        context.RegisterOperationAction(operation => CheckArgument(operation, symbols), OperationKind.Argument);
    }

    private static void Check(OperationAnalysisContext context, OptionAssignment assignment, AsynqSymbols symbols)
    {
        if (assignment.IsOf(symbols.EnqueueOptions))
        {
            CheckEnqueueOption(context, assignment);
        }
        else if (assignment.Property == "GroupGracePeriod" && assignment.IsOf(symbols.ServerOptions))
        {
            CheckGracePeriod(context, assignment);
        }
    }

    private static void CheckEnqueueOption(OperationAnalysisContext context, OptionAssignment assignment)
    {
        foreach (var value in ValueSources.Of(assignment.Value))
        {
            var fault = assignment.Property switch
            {
                "MaxRetry" => NegativeNumber(assignment, value),
                "Timeout" or "Retention" => NegativeDuration(assignment, value),
                "UniqueFor" => ShortUnique(assignment, value),
                "TaskId" or "Group" => BlankName(assignment, value),
                _ => null,
            };
            if (fault is not null)
            {
                context.ReportDiagnostic(fault);
            }
        }
    }

    private static void CheckGracePeriod(OperationAnalysisContext context, OptionAssignment assignment)
    {
        foreach (var value in ValueSources.Of(assignment.Value))
        {
            if (ConstantDurations.Of(value) is { } duration && duration < MinGracePeriod)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    OptionRules.GracePeriodIsTooShort,
                    value.Syntax.GetLocation(),
                    assignment.Property,
                    DurationText.Of(duration),
                    GroupLimits.MinGroupGracePeriodSeconds));
            }
        }
    }

    // What an inspector is asked about by such a name, it refuses whatever the state of the queue.
    private static void CheckArgument(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var argument = (IArgumentOperation)context.Operation;
        if (!symbols.IsOfInspector(argument, "taskId") && !symbols.IsOfInspector(argument, "group"))
        {
            return;
        }

        var parameter = argument.Parameter!;
        foreach (var value in ValueSources.Of(argument.Value))
        {
            if (IsBlank(value))
            {
                context.ReportDiagnostic(Blank(value, parameter.Name, parameter.ContainingSymbol.Name, parameter.IsOptional));
            }
        }
    }

    private static Diagnostic? NegativeNumber(OptionAssignment assignment, IOperation value) =>
        ConstantNumbers.Of(value) is < 0 and var number
            ? OutOfRange(assignment, value, number.ToString(CultureInfo.InvariantCulture))
            : null;

    private static Diagnostic? NegativeDuration(OptionAssignment assignment, IOperation value) =>
        ConstantDurations.Of(value) is { } duration && duration < TimeSpan.Zero
            ? OutOfRange(assignment, value, DurationText.Of(duration))
            : null;

    private static Diagnostic OutOfRange(OptionAssignment assignment, IOperation value, string text) =>
        Diagnostic.Create(
            TaskRules.NumberIsOutOfRange, value.Syntax.GetLocation(), assignment.Property, assignment.Owner, text, "0");

    // Zero is how a task that its type makes unique is enqueued without being so.
    private static Diagnostic? ShortUnique(OptionAssignment assignment, IOperation value) =>
        ConstantDurations.Of(value) is { } duration && duration != TimeSpan.Zero && duration < MinUnique
            ? Diagnostic.Create(
                OptionRules.UniqueTimeIsTooShort,
                value.Syntax.GetLocation(),
                assignment.Property,
                assignment.Owner,
                DurationText.Of(duration),
                TaskLimits.MinUniqueSeconds)
            : null;

    private static Diagnostic? BlankName(OptionAssignment assignment, IOperation value) =>
        IsBlank(value) ? Blank(value, assignment.Property, assignment.Owner, isOptional: true) : null;

    private static bool IsBlank(IOperation value) =>
        ConstantStrings.TryGet(value, out var text) && text is not null && string.IsNullOrWhiteSpace(text);

    private static Diagnostic Blank(IOperation value, string name, string owner, bool isOptional) => Diagnostic.Create(
        OptionRules.NameIsBlank,
        value.Syntax.GetLocation(),
        name,
        owner,
        isOptional ? "give it a visible character, or leave it out" : "give it a visible character");
}

using System.Collections.Immutable;
using System.Globalization;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Constants out of range, wherever one reaches a property of the option types.</summary>
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

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterOperationAction(
            operation =>
            {
                foreach (var assignment in OptionAssignment.AllIn(operation.Operation))
                {
                    Check(operation, assignment, symbols);
                }
            },
            OptionAssignment.Kinds);

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
        ConstantStrings.TryGet(value, out var text) && text is not null && string.IsNullOrWhiteSpace(text)
            ? Diagnostic.Create(
                OptionRules.NameIsBlank, value.Syntax.GetLocation(), assignment.Property, assignment.Owner)
            : null;
}

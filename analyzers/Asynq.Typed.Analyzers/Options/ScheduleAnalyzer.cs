using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Asynq.Typed.Scheduling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// Constants that are no schedules, or no time zones: in attributes, in arguments called <c>schedule</c>, and in the
/// options that name a zone. They are read by the run time's own parser.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScheduleAnalyzer : AsynqAnalyzer
{
    /// <summary>Fixed, so that a build does not depend on its day; a leap year lies within the five that are looked at.</summary>
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [OptionRules.ScheduleIsNotValid, OptionRules.ScheduleNeverComes, OptionRules.TimeZoneIsUnknown];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(operation => CheckArgument(operation, symbols), OperationKind.Argument);
        context.RegisterOperationAction(operation => CheckZones(operation, symbols), OptionAssignment.Kinds);
    }

    private static void CheckArgument(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var argument = (IArgumentOperation)context.Operation;
        if (argument is not { ArgumentKind: ArgumentKind.Explicit, Parameter: { Name: "schedule", Type.SpecialType: SpecialType.System_String } parameter }
            || !symbols.OwnsAssemblyOf(parameter))
        {
            return;
        }

        foreach (var source in ValueSources.Of(argument.Value))
        {
            if (ConstantStrings.TryGet(source, out var text)
                && text is not null
                && FaultOf(text, source.Syntax.GetLocation()) is { } fault)
            {
                context.ReportDiagnostic(fault);
            }
        }
    }

    private static Diagnostic? FaultOf(string text, Location location)
    {
        if (CronSpec.Read(text, out var fault) is not { } spec)
        {
            return Diagnostic.Create(OptionRules.ScheduleIsNotValid, location, text, fault);
        }

        if (spec.Zone is { } zone && KnownZones.Lacks(zone))
        {
            return Diagnostic.Create(OptionRules.TimeZoneIsUnknown, location, zone);
        }

        return spec.Interval == TimeSpan.Zero && spec.Next(Start, TimeZoneInfo.Utc) is null
            ? Diagnostic.Create(OptionRules.ScheduleNeverComes, location, text)
            : null;
    }

    private static void CheckZones(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        foreach (var assignment in OptionAssignment.AllIn(context.Operation))
        {
            if (assignment.Property == "TimeZone" && symbols.OwnsAssemblyOf(assignment.Target.Property))
            {
                CheckZone(context, assignment);
            }
        }
    }

    private static void CheckZone(OperationAnalysisContext context, OptionAssignment assignment)
    {
        foreach (var source in ValueSources.Of(assignment.Value))
        {
            if (IdOf(source) is { } id && KnownZones.LacksOfSystem(id))
            {
                context.ReportDiagnostic(Diagnostic.Create(OptionRules.TimeZoneIsUnknown, source.Syntax.GetLocation(), id));
            }
        }
    }

    /// <summary>The id that stands there, or that the zone which stands there is looked up by.</summary>
    private static string? IdOf(IOperation value)
    {
        if (value.Type?.SpecialType == SpecialType.System_String)
        {
            return ConstantStrings.TryGet(value, out var text) ? text : null;
        }

        return (value as IInvocationOperation ?? Definition.Of(value) as IInvocationOperation)
            is { TargetMethod: { Name: "FindSystemTimeZoneById", ContainingType.Name: "TimeZoneInfo" }, Arguments.Length: 1 } call
            && ConstantStrings.TryGet(call.Arguments[0].Value, out var id)
                ? id
                : null;
    }
}

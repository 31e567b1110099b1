using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>Rules about task declarations and their payloads.</summary>
internal static class TaskRules
{
    internal static readonly DiagnosticDescriptor TypeNameIsBlank = new(
        RuleIds.ASQ1001TaskTypeNameIsBlank,
        "A task's type name is blank",
        "Task '{0}' has a blank type name: name it as it is to be known on the wire, such as \"email:welcome\"",
        RuleCategory.Tasks,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1001TaskTypeNameIsBlank));

    internal static readonly DiagnosticDescriptor TypeNameIsTaken = new(
        RuleIds.ASQ1002TaskTypeNameIsTaken,
        "Two tasks have one type name",
        "Task '{0}' has the type name '{1}', which task '{2}' has too: give each task a name of its own",
        RuleCategory.Tasks,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1002TaskTypeNameIsTaken));

    internal static readonly DiagnosticDescriptor CannotBeCompleted = new(
        RuleIds.ASQ1003TaskCannotBeCompleted,
        "A task cannot be completed by the generator",
        "The generator cannot complete task '{0}': {1}",
        RuleCategory.Tasks,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1003TaskCannotBeCompleted));

    internal static readonly DiagnosticDescriptor ShapeCannotBeSeen = new(
        RuleIds.ASQ1004ShapeCannotBeSeen,
        "A payload has a member that cannot be carried",
        "Nothing is generated for task '{0}', because '{1}' {2}",
        RuleCategory.Tasks,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1004ShapeCannotBeSeen));

    internal static readonly DiagnosticDescriptor KeysDoNotAgree = new(
        RuleIds.ASQ1005KeysDoNotAgree,
        "The keys of a payload's members do not agree",
        "Nothing is generated for task '{0}', because '{1}' {2}",
        RuleCategory.Tasks,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1005KeysDoNotAgree));

    internal static readonly DiagnosticDescriptor PayloadEnumHasImplicitValues = new(
        RuleIds.ASQ1006PayloadEnumHasImplicitValues,
        "An enum in a payload has implicit values",
        "Enum '{0}' travels as a number in the payload of task '{1}', but '{2}' has no value of its own: write every value out, so that a new member cannot renumber the others",
        RuleCategory.Tasks,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1006PayloadEnumHasImplicitValues));

    internal static readonly DiagnosticDescriptor TypeNameIsPrefix = new(
        RuleIds.ASQ1007TypeNameIsPrefix,
        "A task's type name is a prefix of another's",
        "Pattern '{0}' is the type name of task '{1}' and catches '{2}' of task '{3}' too: give that one a handler or a pattern of its own, or rename one of them",
        RuleCategory.Tasks,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1007TypeNameIsPrefix));

    internal static readonly DiagnosticDescriptor NumberIsOutOfRange = new(
        RuleIds.ASQ1008TaskNumberIsOutOfRange,
        "A task's number is out of range",
        "'{0}' of '{1}' is {2}: it must be {3} or more",
        RuleCategory.Tasks,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1008TaskNumberIsOutOfRange));

    internal static readonly DiagnosticDescriptor HasDerivedTypes = new(
        RuleIds.ASQ1009TaskHasDerivedTypes,
        "A task has derived types that are no tasks",
        "Task '{0}' has the derived type '{1}', whose values are refused when they are enqueued as '{0}': seal the task",
        RuleCategory.Tasks,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ1009TaskHasDerivedTypes));
}

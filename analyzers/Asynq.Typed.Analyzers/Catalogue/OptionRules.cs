using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>Rules about queues, and about options of tasks, enqueues and servers.</summary>
internal static class OptionRules
{
    internal static readonly DiagnosticDescriptor QueueNameIsBlank = new(
        RuleIds.ASQ3001QueueNameIsBlank,
        "A queue name is blank",
        "The queue name of '{0}' {1}",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3001QueueNameIsBlank));

    internal static readonly DiagnosticDescriptor QueueNameHasBraces = new(
        RuleIds.ASQ3002QueueNameHasBraces,
        "A queue name contains a brace",
        "The queue name \"{2}\" of '{0}' {1}",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3002QueueNameHasBraces));

    internal static readonly DiagnosticDescriptor GracePeriodIsTooShort = new(
        RuleIds.ASQ3003GracePeriodIsTooShort,
        "The grace period of groups is below one second",
        "'{0}' is {1}: groups are timed in whole seconds, give at least {2} second",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3003GracePeriodIsTooShort));

    internal static readonly DiagnosticDescriptor UniqueTimeIsTooShort = new(
        RuleIds.ASQ3004UniqueTimeIsTooShort,
        "A uniqueness time is below one second",
        "'{0}' of '{1}' is {2}: a task is unique for at least {3} second; leave it out for a task that is not unique",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3004UniqueTimeIsTooShort));

    internal static readonly DiagnosticDescriptor NameIsBlank = new(
        RuleIds.ASQ3005NameIsBlank,
        "A task id or a group is blank",
        "'{0}' of '{1}' is blank: {2}",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3005NameIsBlank));

    internal static readonly DiagnosticDescriptor OptionsContradict = new(
        RuleIds.ASQ3007OptionsContradict,
        "Two options contradict each other",
        "'{0}' and '{1}' are both given: a task has one due time, leave one of them out",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3007OptionsContradict));

    internal static readonly DiagnosticDescriptor ScheduleIsNotValid = new(
        RuleIds.ASQ3008ScheduleIsNotValid,
        "A schedule is not valid",
        "Schedule '{0}' is not valid: {1}",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3008ScheduleIsNotValid));

    internal static readonly DiagnosticDescriptor ScheduleNeverComes = new(
        RuleIds.ASQ3009ScheduleNeverComes,
        "A schedule never comes due",
        "Schedule '{0}' never comes due: name a day that one of its months has, and a value in each field",
        RuleCategory.Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3009ScheduleNeverComes));

    internal static readonly DiagnosticDescriptor TimeZoneIsUnknown = new(
        RuleIds.ASQ3010TimeZoneIsUnknown,
        "A time zone is unknown",
        "Time zone '{0}' is not known where this is built: write an id of the IANA database, such as Europe/Berlin",
        RuleCategory.Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3010TimeZoneIsUnknown));

    internal static readonly DiagnosticDescriptor StrictWeightsAreEqual = new(
        RuleIds.ASQ3011StrictWeightsAreEqual,
        "Strict priority with equal weights",
        "Queues '{0}' and '{1}' have the same weight, so strict priority does not say which goes first: give each a weight of its own",
        RuleCategory.Options,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3011StrictWeightsAreEqual));

    internal static readonly DiagnosticDescriptor EnqueueIsNotAwaited = new(
        RuleIds.ASQ3012EnqueueIsNotAwaited,
        "An enqueue is not awaited",
        "Nobody learns whether '{0}' stored the task: await it",
        RuleCategory.Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3012EnqueueIsNotAwaited));

    internal static readonly DiagnosticDescriptor SettingIsReplaced = new(
        RuleIds.ASQ3013SettingIsReplaced,
        "A setting is given twice",
        "{0}: the last one wins in silence, leave one of them out",
        RuleCategory.Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3013SettingIsReplaced));

    internal static readonly DiagnosticDescriptor QueueIsNotConsumed = new(
        RuleIds.ASQ3006QueueIsNotConsumed,
        "A task goes to a queue that no server consumes",
        "Task '{0}' goes to queue '{1}', which no server of this application consumes: add the queue to 'Queues', or say [assembly: HandledElsewhere(typeof({0}))]",
        RuleCategory.Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3006QueueIsNotConsumed));
}

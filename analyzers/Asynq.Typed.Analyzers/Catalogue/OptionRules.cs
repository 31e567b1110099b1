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

    internal static readonly DiagnosticDescriptor UniqueTimeIsTooShort = new(
        RuleIds.ASQ3004UniqueTimeIsTooShort,
        "A uniqueness time is below one second",
        "'{0}' of '{1}' is {2}: a task is unique for at least {3} second; leave it out for a task that is not unique",
        RuleCategory.Options,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ3004UniqueTimeIsTooShort));
}

using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>Rules about handlers and how tasks reach them.</summary>
internal static class RoutingRules
{
    internal static readonly DiagnosticDescriptor TaskHasTwoHandlers = new(
        RuleIds.ASQ2001TaskHasTwoHandlers,
        "A task has two handlers",
        "Task '{0}' is {3} by '{1}' and by '{2}': keep one of them",
        RuleCategory.Routing,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2001TaskHasTwoHandlers));

    internal static readonly DiagnosticDescriptor HandlerIsIndirect = new(
        RuleIds.ASQ2003HandlerIsIndirect,
        "A handler names its interface only indirectly",
        "Handler '{0}' has '{1}' only through '{2}', where a change would end its registration unseen: name '{1}' in its own list of base types",
        RuleCategory.Routing,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2003HandlerIsIndirect));

    internal static readonly DiagnosticDescriptor HandlerIgnoresCancellation = new(
        RuleIds.ASQ2004HandlerIgnoresCancellation,
        "A handler never uses its cancellation token",
        "Handler '{0}' never uses '{1}', so it runs on after its deadline or a cancel: pass it to '{2}'",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2004HandlerIgnoresCancellation));

    internal static readonly DiagnosticDescriptor HandledTypeIsNoTask = new(
        RuleIds.ASQ2005HandledTypeIsNoTask,
        "A handler handles a type that is no task",
        "Handler '{0}' handles '{1}', which is no task: mark '{1}' with [AsynqTask] and make it partial",
        RuleCategory.Routing,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2005HandledTypeIsNoTask));

    internal static readonly DiagnosticDescriptor HandlerBlocks = new(
        RuleIds.ASQ2007HandlerBlocks,
        "A handler blocks its thread or starts work that nobody awaits",
        "Handler '{0}' {1}: {2}",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2007HandlerBlocks));

    internal static readonly DiagnosticDescriptor HandlerIsOutOfReach = new(
        RuleIds.ASQ2009HandlerIsOutOfReach,
        "A handler or schedule is out of the generator's reach",
        "{0} is never registered, because generated code cannot {1}",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2009HandlerIsOutOfReach));

    internal static readonly DiagnosticDescriptor TaskHasNoHandler = new(
        RuleIds.ASQ2002TaskHasNoHandler,
        "A task has no handler",
        "No handler of this application handles task '{0}': write one, or say [assembly: HandledElsewhere(typeof({0}))]",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2002TaskHasNoHandler));

    internal static readonly DiagnosticDescriptor GroupEndsInNoHandledBatch = new(
        RuleIds.ASQ2008GroupEndsInNoHandledBatch,
        "A group ends in no handled batch",
        "Groups of task '{0}' end in no handled batch, because {1}",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2008GroupEndsInNoHandledBatch));

    internal static readonly DiagnosticDescriptor HandlersAreNotAdded = new(
        RuleIds.ASQ2006HandlersAreNotAdded,
        "Handlers are not added to the server",
        "The handlers of '{0}' are never added, so the server does not run their tasks: call '{1}()'",
        RuleCategory.Routing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ2006HandlersAreNotAdded));
}

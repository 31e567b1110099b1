using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>Rules about the compiler and the target.</summary>
internal static class EnvironmentRules
{
    internal static readonly DiagnosticDescriptor NothingIsGenerated = new(
        RuleIds.ASQ9001NothingIsGenerated,
        "The language version or the target is too low",
        "Nothing is generated for task '{0}': {1}",
        RuleCategory.Environment,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink.Of(RuleIds.ASQ9001NothingIsGenerated));
}

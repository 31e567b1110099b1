using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Turns the runtime's own verdict on a queue name into a diagnostic.</summary>
internal static class QueueFault
{
    /// <param name="name">The constant.</param>
    /// <param name="owner">Whose queue it names: a task, a property or a parameter.</param>
    /// <param name="location">Where the constant stands.</param>
    internal static Diagnostic? Of(string? name, string owner, Location location)
    {
        if (QueueName.Fault(name) is not { } fault)
        {
            return null;
        }

        var rule = string.IsNullOrWhiteSpace(name) ? OptionRules.QueueNameIsBlank : OptionRules.QueueNameHasBraces;
        return Diagnostic.Create(rule, location, owner, fault, name);
    }
}

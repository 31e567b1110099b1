using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>A class that handles tasks, and one of the task types that it handles.</summary>
internal sealed class HandledTask(INamedTypeSymbol handler, INamedTypeSymbol handlerInterface)
{
    internal INamedTypeSymbol Handler { get; } = handler;

    /// <summary>The closed interface, such as <c>IHandle&lt;WelcomeEmail&gt;</c>.</summary>
    internal INamedTypeSymbol Interface { get; } = handlerInterface;

    internal ITypeSymbol Task => Interface.TypeArguments[0];

    /// <summary>Whether the class names the interface itself.</summary>
    internal bool IsDirect => Handler.Interfaces.Contains(Interface, SymbolEqualityComparer.Default);

    /// <summary>The type of the base list through which the class comes by the interface.</summary>
    internal INamedTypeSymbol? Through
    {
        get
        {
            foreach (var candidate in Handler.Interfaces)
            {
                if (Has(candidate, Interface))
                {
                    return candidate;
                }
            }

            return Handler.BaseType is { } parent && Has(parent, Interface) ? parent : null;
        }
    }

    /// <summary>What others need to know of it; nothing where the task has no name.</summary>
    internal IEnumerable<HandledName> Names(AsynqSymbols symbols) =>
        symbols.TypeNameOf(Task) is { } name ? [new HandledName(name, Handler.ToDisplayString())] : [];

    private static bool Has(INamedTypeSymbol type, INamedTypeSymbol handlerInterface) =>
        type.AllInterfaces.Contains(handlerInterface, SymbolEqualityComparer.Default);
}

using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>A class that handles tasks, and one of the task types that it handles.</summary>
internal sealed class HandledTask(INamedTypeSymbol handler, INamedTypeSymbol handlerInterface)
{
    internal INamedTypeSymbol Handler { get; } = handler;

    /// <summary>The closed interface, such as <c>IHandle&lt;WelcomeEmail&gt;</c>.</summary>
    internal INamedTypeSymbol Interface { get; } = handlerInterface;

    internal ITypeSymbol Task => Interface.TypeArguments[0];

    /// <summary>Whether the class names the interface itself, which is what registers it.</summary>
    internal bool IsDirect => Names(Handler, Interface);

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

    /// <summary>Whether a class that this one derives from is registered for the task already.</summary>
    internal bool IsHandledByBase
    {
        get
        {
            for (var parent = Handler.BaseType; parent is not null; parent = parent.BaseType)
            {
                if (!parent.IsAbstract && !parent.IsGenericType && Names(parent, Interface))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static bool Names(INamedTypeSymbol type, INamedTypeSymbol handlerInterface) =>
        type.Interfaces.Contains(handlerInterface, SymbolEqualityComparer.Default);

    private static bool Has(INamedTypeSymbol type, INamedTypeSymbol handlerInterface) =>
        type.AllInterfaces.Contains(handlerInterface, SymbolEqualityComparer.Default);
}

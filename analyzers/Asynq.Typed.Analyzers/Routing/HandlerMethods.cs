using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Tells the methods by which a class handles its tasks from its other ones.</summary>
internal static class HandlerMethods
{
    internal static bool IsHandlerType(INamedTypeSymbol? type, AsynqSymbols symbols)
    {
        foreach (var candidate in type?.AllInterfaces ?? [])
        {
            if (symbols.IsHandlerInterface(candidate))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool Implements(IMethodSymbol method, AsynqSymbols symbols)
    {
        foreach (var candidate in method.ContainingType?.AllInterfaces ?? [])
        {
            if (symbols.IsHandlerInterface(candidate) && Implements(method, candidate))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Implements(IMethodSymbol method, INamedTypeSymbol handlerInterface)
    {
        foreach (var member in handlerInterface.GetMembers())
        {
            var implementation = method.ContainingType.FindImplementationForInterfaceMember(member);

            // What overrides an implementation is found as the method that it overrides.
            for (var level = method; level is not null; level = level.OverriddenMethod)
            {
                if (SymbolEqualityComparer.Default.Equals(level, implementation))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

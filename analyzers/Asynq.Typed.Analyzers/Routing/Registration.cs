using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The method by which the generator registers an assembly's handlers.</summary>
internal static class Registration
{
    private const string Suffix = "Handlers";
    private const string ClassSuffix = "HandlersExtensions";

    /// <summary>The assembly's <c>Add…Handlers()</c>; <c>null</c> where it has no handlers.</summary>
    internal static IMethodSymbol? Of(IAssemblySymbol assembly)
    {
        foreach (var type in LibraryNamespace(assembly)?.GetTypeMembers() ?? [])
        {
            if (type.IsStatic && type.Name.EndsWith(ClassSuffix, StringComparison.Ordinal))
            {
                foreach (var member in type.GetMembers())
                {
                    if (member is IMethodSymbol method && Is(method))
                    {
                        return method;
                    }
                }
            }
        }

        return null;
    }

    internal static bool Is(IMethodSymbol method) =>
        method.IsStatic
        && method.Name.StartsWith("Add", StringComparison.Ordinal)
        && method.Name.EndsWith(Suffix, StringComparison.Ordinal)
        && method.ContainingType.Name.EndsWith(ClassSuffix, StringComparison.Ordinal)
        && method.Parameters.Length == 1
        && method.Parameters[0].Type.Name == "AsynqBuilder";

    private static INamespaceSymbol? LibraryNamespace(IAssemblySymbol assembly) =>
        Inner(Inner(assembly.GlobalNamespace, "Asynq"), "Typed");

    private static INamespaceSymbol? Inner(INamespaceSymbol? outer, string name)
    {
        foreach (var inner in outer?.GetNamespaceMembers() ?? [])
        {
            if (inner.Name == name)
            {
                return inner;
            }
        }

        return null;
    }
}

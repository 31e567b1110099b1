using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Finds the constructor by which a type is made from its members.</summary>
internal static class ConstructorBinder
{
    /// <summary>The accessible constructor whose parameters are all members, and that takes the most of them;
    /// <c>null</c> if there is none, or no single one.</summary>
    public static IMethodSymbol? Find(
        INamedTypeSymbol type, List<ISymbol> members, Func<ISymbol, bool> isAccessible)
    {
        var candidates = type.InstanceConstructors
            .Where(constructor => isAccessible(constructor)
                && !IsCopyConstructor(constructor)
                && StandsForMembers(constructor, members))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var most = candidates.Max(constructor => constructor.Parameters.Length);
        var best = candidates.Where(constructor => constructor.Parameters.Length == most).ToList();
        return best.Count == 1 ? best[0] : best.FirstOrDefault(IsPrimary);
    }

    /// <summary>Whether each parameter stands for a member of its own.</summary>
    private static bool StandsForMembers(IMethodSymbol constructor, List<ISymbol> members)
    {
        var bound = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        return constructor.Parameters.All(parameter => Member(members, parameter) is { } member && bound.Add(member));
    }

    /// <summary>The member that a parameter stands for: the one of its name, save for upper and lower case, and
    /// type.</summary>
    public static ISymbol? Member(List<ISymbol> members, IParameterSymbol parameter) =>
        parameter.RefKind is RefKind.None or RefKind.In
            ? members.Find(member => member.Name == parameter.Name && IsOfType(member, parameter))
                ?? members.Find(member =>
                    string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
                    && IsOfType(member, parameter))
            : null;

    /// <summary>Whether nothing but initialisers and parameters can set a member while the type is made.</summary>
    public static bool RunsNoCode(IMethodSymbol constructor) =>
        constructor.IsImplicitlyDeclared
            ? constructor.ContainingType.DeclaringSyntaxReferences.Length > 0
            : IsPrimary(constructor);

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);

    private static bool IsCopyConstructor(IMethodSymbol constructor) =>
        constructor.ContainingType.IsRecord
        && constructor.Parameters.Length == 1
        && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);

    private static bool IsOfType(ISymbol member, IParameterSymbol parameter) =>
        SymbolEqualityComparer.Default.Equals(MemberFinder.TypeOf(member), parameter.Type);
}

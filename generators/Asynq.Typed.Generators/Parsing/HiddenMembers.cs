using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Finds members of base types that generated code cannot name, because something else has the name.</summary>
internal static class HiddenMembers
{
    /// <summary>The members of which that is so.</summary>
    /// <param name="type">The type.</param>
    /// <param name="members">The members that its payload is to carry.</param>
    /// <param name="isAccessible">Whether generated code sees a symbol: what it does not see hides nothing from it.</param>
    public static IEnumerable<ShapeFault> Faults(
        INamedTypeSymbol type, List<ISymbol> members, Func<ISymbol, bool> isAccessible)
    {
        foreach (var member in members)
        {
            for (var level = type; !Declares(level, member); level = level.BaseType!)
            {
                if (level.GetMembers(member.Name).Any(other => !other.IsOverride && isAccessible(other)))
                {
                    yield return new ShapeFault(
                        member,
                        $"is hidden by what '{level.Name}' declares under its name and no payload carries: rename that, or leave "
                        + "the member out with [PayloadIgnore]");
                    break;
                }
            }
        }
    }

    private static bool Declares(INamedTypeSymbol level, ISymbol member) =>
        level.BaseType is null || SymbolEqualityComparer.Default.Equals(level, member.ContainingType);
}

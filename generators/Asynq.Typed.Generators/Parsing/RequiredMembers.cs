using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Finds members that must be set when their object is made, and that no payload has a value for.</summary>
internal static class RequiredMembers
{
    private const string SetsAll = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";

    /// <summary>The members of which that is so.</summary>
    /// <param name="type">The type.</param>
    /// <param name="members">The members that its payload is to carry.</param>
    /// <param name="constructor">What makes it.</param>
    public static IEnumerable<ShapeFault> Faults(INamedTypeSymbol type, List<ISymbol> members, IMethodSymbol constructor) =>
        constructor.Has(SetsAll)
            ? []
            : MemberFinder.Levels(type)
                .SelectMany(level => level.GetMembers())
                .Where(member => MemberFinder.IsRequired(member) && !members.Exists(carried => carried.Name == member.Name))
                .Select(member => new ShapeFault(
                    member,
                    "is required, but no part of the payload that is read: make it one, or take 'required' away"));
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>
/// Finds what a type keeps and no member of the payload stands for: it would be written as if it were not there, and read as the
/// default.
/// </summary>
internal static class HiddenState
{
    private const string WayOut =
        "make it a member that can be set or a parameter of a public constructor, name a formatter for the type with "
        + "[PayloadFormatter], or leave it out with [PayloadIgnore]";

    /// <summary>What is wrong with the type; <c>null</c> if nothing is lost.</summary>
    /// <param name="type">The type.</param>
    /// <param name="carried">The members that its payload carries.</param>
    /// <param name="constructor">What makes it when it is read.</param>
    /// <param name="isIgnored">Whether a member is left out on purpose.</param>
    public static string? Fault(
        INamedTypeSymbol type, List<ISymbol> carried, IMethodSymbol constructor, Func<ISymbol, bool> isIgnored)
    {
        // A class may keep what it can compute again: only one that carries nothing is surely more than it seems.
        if ((!type.IsValueType && carried.Count > 0) || ObjectTypes.IsPair(type))
        {
            return null;
        }

        // A member with code of its own that is set, or given to the constructor, stands for one field.
        var explained = carried.Count(member => member is IPropertySymbol property && FieldOf(property) is null);
        var hidden = MemberFinder.Levels(type)
            .SelectMany(level => level.GetMembers())
            .OfType<IFieldSymbol>()
            .Where(field => IsHidden(field, carried, isIgnored))
            .Select(field => field.Name)
            .Concat(Captured(type, constructor))
            .ToList();
        if (hidden.Count > explained)
        {
            return $"keeps '{hidden[hidden.Count - 1]}', which is no part of the payload and would be lost: {WayOut}";
        }

        // Of a class in another assembly, nothing but its public members is there to be seen.
        return Unseen(type, carried, isIgnored) is { } property
            ? $"has the property '{property.Name}', whose value is kept where it cannot be seen and would be lost: {WayOut}"
            : null;
    }

    private static bool IsHidden(IFieldSymbol field, List<ISymbol> carried, Func<ISymbol, bool> isIgnored)
    {
        if (field.IsStatic || field.IsConst)
        {
            return false;
        }

        var owner = Owner(field);
        return owner is not IEventSymbol && !isIgnored(owner) && !carried.Contains(owner, SymbolEqualityComparer.Default);
    }

    /// <summary>The property or event that a field is behind; the field itself where it is behind none.</summary>
    private static ISymbol Owner(IFieldSymbol field)
    {
        if (field.AssociatedSymbol is { } known)
        {
            return known;
        }

        // In metadata, the names are all that tells.
        return field.ContainingType.GetMembers().FirstOrDefault(member =>
            (member is IPropertySymbol && field.Name == BackingField(member))
            || (member is IEventSymbol && field.Name == member.Name)) ?? field;
    }

    private static IFieldSymbol? FieldOf(IPropertySymbol property) => property.ContainingType
        .GetMembers()
        .OfType<IFieldSymbol>()
        .FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property)
            || field.Name == BackingField(property));

    private static string BackingField(ISymbol property) => $"<{property.Name}>k__BackingField";

    /// <summary>The parameters of a primary constructor that is not used to read the type, and that its members use: the compiler
    /// keeps them in fields that no symbol tells of.</summary>
    private static IEnumerable<string> Captured(INamedTypeSymbol type, IMethodSymbol constructor) =>
        from candidate in type.InstanceConstructors
        where !SymbolEqualityComparer.Default.Equals(candidate, constructor) && !type.IsRecord
        from declaration in candidate.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax())
            .OfType<TypeDeclarationSyntax>()
        from parameter in candidate.Parameters
        where declaration.Members.Any(member => Uses(member, parameter.Name))
        select parameter.Name;

    private static bool Uses(MemberDeclarationSyntax member, string parameter) => member
        .DescendantNodes(node => node is not EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }
            && !(node is EqualsValueClauseSyntax && member is FieldDeclarationSyntax)
            && node is not TypeDeclarationSyntax)
        .Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == parameter);

    private static ISymbol? Unseen(INamedTypeSymbol type, List<ISymbol> carried, Func<ISymbol, bool> isIgnored) =>
        type.IsValueType || carried.Count > 0
            ? null
            : MemberFinder.Levels(type)
                .Where(level => level.DeclaringSyntaxReferences.IsEmpty)
                .SelectMany(level => level.GetMembers())
                .FirstOrDefault(member => member is IPropertySymbol
                    {
                        IsStatic: false,
                        IsIndexer: false,
                        GetMethod.DeclaredAccessibility: Accessibility.Public,
                    } && !isIgnored(member));
}

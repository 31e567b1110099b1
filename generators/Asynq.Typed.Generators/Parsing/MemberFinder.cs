using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The members of a type that a payload carries: public properties and fields, those of base types first.</summary>
internal static class MemberFinder
{
    public static List<ISymbol> Find(INamedTypeSymbol type, WireFormat format)
    {
        var members = new List<ISymbol>();
        foreach (var level in Levels(type))
        {
            foreach (var member in Ordered(level).Where(IsCarried))
            {
                // An override or a new member of the same name takes the place of the base's.
                var hidden = members.FindIndex(other => other.Name == member.Name);
                if (hidden >= 0)
                {
                    members[hidden] = member;
                }
                else
                {
                    members.Add(member);
                }
            }
        }

        members.RemoveAll(member => IsIgnored(member, format));
        return members;
    }

    /// <summary>The type of a member.</summary>
    public static ITypeSymbol TypeOf(ISymbol member) =>
        member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    /// <summary>Whether the member is <c>required</c>.</summary>
    public static bool IsRequired(ISymbol member) =>
        member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    /// <summary>Whether the member holds a value of its own, rather than computing one.</summary>
    public static bool HoldsValue(ISymbol member) => member is not IPropertySymbol property
        || property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field =>
            SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
        || property.GetMethod!.GetAttributes().Any(attribute =>
            attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    /// <summary>The type and its bases, the outermost base first.</summary>
    public static IEnumerable<INamedTypeSymbol> Levels(INamedTypeSymbol type)
    {
        var levels = new Stack<INamedTypeSymbol>();
        for (var level = type;
            level is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) };
            level = level.BaseType)
        {
            levels.Push(level);
        }

        return levels;
    }

    /// <summary>Whether an attribute leaves the member out, be it on one that this overrides: JSON's says nothing of MessagePack,
    /// and the other way round.</summary>
    public static bool IsIgnored(ISymbol member, WireFormat format) =>
        member.FindInherited(WellKnownNames.IgnoreAttribute) is not null
        || (format == WireFormat.MessagePack && member.FindInherited(WellKnownNames.MessagePackIgnore) is not null)
        || (format == WireFormat.Json && Omissions.IsAlways(member));

    /// <summary>The members in the order of their declaration; where there are several files, in that of their
    /// paths, whatever order the compiler was given them in.</summary>
    private static IEnumerable<ISymbol> Ordered(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Length < 2
            ? type.GetMembers()
            : type.GetMembers()
                .OrderBy(member => member.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath.Replace('\\', '/'),
                    StringComparer.Ordinal)
                .ThenBy(member => member.DeclaringSyntaxReferences.FirstOrDefault()?.Span.Start ?? 0);

    private static bool IsCarried(ISymbol member) =>
        !member.IsStatic
        && (member.DeclaredAccessibility == Accessibility.Public || IsRequired(member))
        && member switch
        {
            IPropertySymbol property =>
                property is { IsIndexer: false, GetMethod: not null }
                && (property.GetMethod.DeclaredAccessibility == Accessibility.Public || property.IsRequired)
                && property.ExplicitInterfaceImplementations.IsEmpty,
            IFieldSymbol field => field is { IsConst: false, IsImplicitlyDeclared: false },
            _ => false,
        };
}

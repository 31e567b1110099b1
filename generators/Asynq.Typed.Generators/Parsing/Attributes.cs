using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Looks attributes up by their full names.</summary>
internal static class Attributes
{
    public static bool Has(this ISymbol symbol, string attribute) => symbol.Find(attribute) is not null;

    /// <summary>The attribute; <c>null</c> where the symbol lacks it.</summary>
    public static AttributeData? Find(this ISymbol symbol, string attribute)
    {
        foreach (var data in symbol.GetAttributes())
        {
            if (data.AttributeClass is { } type && IsNamed(type, attribute))
            {
                return data;
            }
        }

        return null;
    }

    /// <summary>Whether the symbol has the attribute, or one that is derived from it.</summary>
    public static bool HasKindOf(this ISymbol symbol, string attribute)
    {
        foreach (var data in symbol.GetAttributes())
        {
            for (var type = data.AttributeClass; type is not null; type = type.BaseType)
            {
                if (IsNamed(type, attribute))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The attribute of a member, or of one that it overrides; <c>null</c> where all of them lack it.</summary>
    public static AttributeData? FindInherited(this ISymbol member, string attribute)
    {
        for (var level = member; level is not null; level = (level as IPropertySymbol)?.OverriddenProperty)
        {
            if (level.Find(attribute) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public static IEnumerable<AttributeData> FindAll(this ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Where(data => data.AttributeClass is { } type && IsNamed(type, attribute));

    /// <summary>
    /// The attribute of a member: it can stand on the member, on one that this overrides, or on a parameter that the member
    /// is made of, be it of the type itself or of the base that declares the member.
    /// </summary>
    public static AttributeData? FindOnMember(this ISymbol member, IParameterSymbol? parameter, string attribute)
    {
        for (var level = member; level is not null; level = (level as IPropertySymbol)?.OverriddenProperty)
        {
            if ((level.Find(attribute) ?? FindOnParameter(level, attribute)) is { } found)
            {
                return found;
            }
        }

        return parameter?.Find(attribute);
    }

    /// <summary>The first argument of the constructor.</summary>
    public static object? Argument(this AttributeData attribute) =>
        attribute.ConstructorArguments.IsEmpty ? null : attribute.ConstructorArguments[0].Value;

    /// <summary>A property that is set in the attribute.</summary>
    public static object? Setting(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value;

    /// <summary>Whether a type has a full name. Compared from its end, for its text would be made anew each time: this is asked
    /// of every member of every task after every keystroke.</summary>
    private static bool IsNamed(INamedTypeSymbol type, string name)
    {
        if (type.ContainingType is not null || !EndsWith(name, name.Length, type.Name))
        {
            return false;
        }

        var end = name.Length - type.Name.Length;
        for (var level = type.ContainingNamespace; level is { IsGlobalNamespace: false }; level = level.ContainingNamespace)
        {
            if (end == 0 || name[end - 1] != '.' || !EndsWith(name, end - 1, level.Name))
            {
                return false;
            }

            end -= level.Name.Length + 1;
        }

        return end == 0;
    }

    private static bool EndsWith(string text, int end, string part) =>
        end >= part.Length && string.CompareOrdinal(text, end - part.Length, part, 0, part.Length) == 0;

    private static AttributeData? FindOnParameter(ISymbol member, string attribute)
    {
        foreach (var constructor in member.ContainingType.InstanceConstructors)
        {
            if (ParameterOf(member, constructor)?.Find(attribute) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The parameter of the member's name; one that differs in case only where there is none, since that may be
    /// another member's.</summary>
    private static IParameterSymbol? ParameterOf(ISymbol member, IMethodSymbol constructor)
    {
        IParameterSymbol? first = null;
        foreach (var parameter in constructor.Parameters)
        {
            if (string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
                && SymbolEqualityComparer.Default.Equals(parameter.Type, MemberFinder.TypeOf(member)))
            {
                if (parameter.Name == member.Name)
                {
                    return parameter;
                }

                first ??= parameter;
            }
        }

        return first;
    }
}

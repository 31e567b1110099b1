using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Looks attributes up by their full names.</summary>
internal static class Attributes
{
    public static bool Has(this ISymbol symbol, string attribute) => symbol.Find(attribute) is not null;

    /// <summary>The attribute; <c>null</c> where the symbol lacks it.</summary>
    public static AttributeData? Find(this ISymbol symbol, string attribute) => symbol.FindAll(attribute).FirstOrDefault();

    public static IEnumerable<AttributeData> FindAll(this ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Where(data => data.AttributeClass?.ToDisplayString() == attribute);

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

    private static AttributeData? FindOnParameter(ISymbol member, string attribute) => member.ContainingType.InstanceConstructors
        .SelectMany(constructor => constructor.Parameters)
        .Where(parameter => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            && SymbolEqualityComparer.Default.Equals(parameter.Type, MemberFinder.TypeOf(member)))
        .Select(parameter => parameter.Find(attribute))
        .FirstOrDefault(found => found is not null);
}

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

    /// <summary>The first argument of the constructor.</summary>
    public static object? Argument(this AttributeData attribute) =>
        attribute.ConstructorArguments.IsEmpty ? null : attribute.ConstructorArguments[0].Value;

    /// <summary>A property that is set in the attribute.</summary>
    public static object? Setting(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value;
}

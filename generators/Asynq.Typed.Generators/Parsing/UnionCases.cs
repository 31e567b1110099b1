using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The types that a union can hold.</summary>
internal static class UnionCases
{
    /// <summary>What the attributes of a type say, derived types before their bases; nothing where it is no union.</summary>
    public static IReadOnlyList<Case> Find(INamedTypeSymbol type) =>
    [
        .. type.FindAll(WellKnownNames.UnionAttribute)
            .Concat(type.FindAll(WellKnownNames.MessagePackUnion))
            .Where(attribute => attribute.ConstructorArguments.Length == 2)
            .Select(attribute => new Case(
                attribute.Argument() switch
                {
                    string word => Literal.Of(word),
                    var number => Convert.ToString(number, CultureInfo.InvariantCulture),
                },
                attribute.Argument() is string,
                attribute.ConstructorArguments[1].Value as INamedTypeSymbol))
            .OrderByDescending(@case => Depth(@case.Type))
            .ThenBy(@case => @case.Key, StringComparer.Ordinal),
    ];

    private static int Depth(INamedTypeSymbol? type)
    {
        var depth = 0;
        for (var level = type; level is not null; level = level.BaseType)
        {
            depth++;
        }

        return depth;
    }

    /// <summary>A key and its type.</summary>
    internal readonly struct Case(string key, bool isWord, INamedTypeSymbol? type)
    {
        public string Key { get; } = key;

        public bool IsWord { get; } = isWord;

        public INamedTypeSymbol? Type { get; } = type;
    }
}

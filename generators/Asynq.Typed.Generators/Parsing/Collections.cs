using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The lists and dictionaries that a payload can hold.</summary>
internal static class Collections
{
    private const string Generic = "System.Collections.Generic";

    /// <summary>How the list is made, and what of; <c>null</c> for what is no list.</summary>
    public static ListKind? FindList(INamedTypeSymbol type) =>
        type.TypeArguments.Length != 1 || type.ContainingType is not null
            ? null
            : (type.ContainingNamespace.ToDisplayString(), type.Name) switch
            {
                (Generic, "List") => ListKind.Class,
                (Generic, "IList" or "IReadOnlyList") => ListKind.IndexedInterface,
                (Generic, "ICollection" or "IReadOnlyCollection") => ListKind.Interface,
                (Generic, "IEnumerable") => ListKind.Sequence,
                (Generic, "HashSet") => ListKind.Class,
                (Generic, "ISet" or "IReadOnlySet") => ListKind.SetInterface,
                _ => null,
            };

    /// <summary>How the dictionary is made; <c>null</c> for what is no dictionary.</summary>
    public static DictionaryKind? FindDictionary(INamedTypeSymbol type) =>
        type.TypeArguments.Length != 2 || type.ContainingType is not null
            ? null
            : (type.ContainingNamespace.ToDisplayString(), type.Name) switch
            {
                (Generic, "Dictionary") => DictionaryKind.Class,
                (Generic, "IDictionary" or "IReadOnlyDictionary") => DictionaryKind.Interface,
                _ => null,
            };
}

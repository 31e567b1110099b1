using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns the types of members into models. Objects are left to the shape parser.</summary>
internal sealed class ValueParser(Func<INamedTypeSymbol, ObjectModel?> parseObject)
{
    /// <summary>The model of the type; <c>null</c> if a payload cannot hold it.</summary>
    public ValueModel? Parse(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return ParseValue(nullable.TypeArguments[0]) is { } value ? value with { IsNullable = true } : null;
        }

        // Where nobody said whether null is allowed, it is.
        var isNullable = type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated;
        return ParseValue(type) is { } model ? model with { IsNullable = isNullable } : null;
    }

    private ValueModel? ParseValue(ITypeSymbol type)
    {
        if (Scalars.Find(type, isNullable: false) is { } scalar)
        {
            return scalar;
        }

        return type switch
        {
            IArrayTypeSymbol { Rank: 1 } array => ParseArray(array),
            INamedTypeSymbol { TypeKind: TypeKind.Enum } named => new EnumModel(
                TypeText.Of(named),
                named.Name,
                IsNullable: false,
                TypeText.Of(named.EnumUnderlyingType!),
                Scalars.ReadMethod(named.EnumUnderlyingType!)),
            INamedTypeSymbol named when Collections.FindList(named) is { } kind => ParseList(named, kind),
            INamedTypeSymbol named when Collections.FindDictionary(named) is { } kind => ParseDictionary(named, kind),
            INamedTypeSymbol named => parseObject(named),
            _ => null,
        };
    }

    private ListModel? ParseArray(IArrayTypeSymbol type) =>
        Parse(type.ElementType) is { } item
            ? new ListModel(
                item.Declaration + "[]",
                "ArrayOf" + MethodName(item),
                IsReference: true,
                IsNullable: false,
                item,
                ListKind.Array)
            : null;

    private ListModel? ParseList(INamedTypeSymbol type, ListKind kind) =>
        Parse(type.TypeArguments[0]) is { } item
            ? new ListModel(
                $"{Definition(type)}<{item.Declaration}>",
                $"{type.Name}Of{MethodName(item)}",
                type.IsReferenceType,
                IsNullable: false,
                item,
                kind)
            : null;

    private DictionaryModel? ParseDictionary(INamedTypeSymbol type, DictionaryKind kind) =>
        Parse(type.TypeArguments[0]) is { IsNullable: false } key
        && Scalars.IsKey(key)
        && Parse(type.TypeArguments[1]) is { } value
            ? new DictionaryModel(
                $"{Definition(type)}<{key.Declaration}, {value.Declaration}>",
                $"{type.Name}Of{MethodName(key)}And{MethodName(value)}",
                IsNullable: false,
                key,
                value,
                kind)
            : null;

    private static string Definition(INamedTypeSymbol type) =>
        $"global::{type.ContainingNamespace.ToDisplayString()}.{type.Name}";

    private static string MethodName(ValueModel type) => type.IsNullable ? "Nullable" + type.Name : type.Name;
}

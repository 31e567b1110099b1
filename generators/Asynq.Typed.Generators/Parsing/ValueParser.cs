using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns the types of members into models. Objects are left to the shape parser.</summary>
internal sealed class ValueParser(
    WireFormat format,
    Func<INamedTypeSymbol, ObjectModel?> parseObject,
    Func<ISymbol, bool> isAccessible,
    Action<ShapeFault> fault)
{
    /// <summary>The model of a member's type; <c>null</c> if a payload cannot hold it.</summary>
    /// <param name="type">The type.</param>
    /// <param name="formatter">The formatter that the member names.</param>
    public ValueModel? Parse(ITypeSymbol type, AttributeData? formatter = null)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return ParseValue(nullable.TypeArguments[0], formatter) is { } value ? value with { IsNullable = true } : null;
        }

        // Where nobody said whether null is allowed, it is.
        var isNullable = type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated;
        return ParseValue(type, formatter) is { } model ? model with { IsNullable = isNullable } : null;
    }

    /// <summary>What a type is called in the names of methods.</summary>
    public static string MethodName(ValueModel type) => type.IsNullable ? "Nullable" + type.Name : type.Name;

    private ValueModel? ParseValue(ITypeSymbol type, AttributeData? formatter)
    {
        if ((formatter ?? type.Find(WellKnownNames.FormatterAttribute)) is { } attribute)
        {
            return ParseFormatted(type, attribute);
        }

        if (Scalars.Find(type, isNullable: false) is { } scalar)
        {
            return scalar;
        }

        switch (type)
        {
            case IArrayTypeSymbol { Rank: 1 } array:
                return ParseArray(array);
            case INamedTypeSymbol { TypeKind: TypeKind.Enum } named:
                return ParseEnum(named);
            case INamedTypeSymbol { TypeArguments.Length: 1 } named
                when CollectionForm.FindList(Definition(named)) is { } form:
                return ParseList(named, form);
            case INamedTypeSymbol { TypeArguments.Length: 2 } named
                when CollectionForm.FindDictionary(Definition(named)) is { } form:
                return ParseDictionary(named, form);
            case INamedTypeSymbol named:
                return parseObject(named);
            default:
                return null;
        }
    }

    private EnumModel ParseEnum(INamedTypeSymbol type)
    {
        if (ForeignFormats.Fault(type, format) is { } foreign)
        {
            fault(new ShapeFault(type, foreign));
        }

        return new EnumModel(
            TypeText.Of(type),
            type.Name,
            IsNullable: false,
            TypeText.Of(type.EnumUnderlyingType!),
            Scalars.ReadMethod(type.EnumUnderlyingType!));
    }

    private FormattedModel? ParseFormatted(ITypeSymbol type, AttributeData attribute)
    {
        var contract = format == WireFormat.Json ? "IJsonPayloadFormatter" : "IPayloadFormatter";
        if (attribute.Argument() is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsRefLikeType: false } formatter
            || !isAccessible(formatter))
        {
            return null;
        }

        var known = formatter.AllInterfaces.FirstOrDefault(candidate =>
            candidate.Name == contract
            && candidate.TypeArguments.Length == 1
            && candidate.ContainingNamespace.ToDisplayString() == WellKnownNames.Namespace
            && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type));
        return known is null
            ? null
            : new FormattedModel(
                TypeText.Of(type),
                type.Name,
                type.IsReferenceType,
                IsNullable: false,
                TypeText.Of(formatter),
                type.IsReferenceType && known.TypeArguments[0].NullableAnnotation == NullableAnnotation.Annotated);
    }

    private ListModel? ParseArray(IArrayTypeSymbol type) =>
        Parse(type.ElementType) is { } item
            ? new ListModel(
                item.Declaration + "[]",
                "ArrayOf" + MethodName(item),
                IsReference: true,
                IsNullable: false,
                item,
                CollectionForm.Array)
            : null;

    private ListModel? ParseList(INamedTypeSymbol type, CollectionForm form) =>
        Parse(type.TypeArguments[0]) is { } item
            ? new ListModel(
                $"{Definition(type)}<{item.Declaration}>",
                $"{type.Name}Of{MethodName(item)}",
                type.IsReferenceType,
                IsNullable: false,
                item,
                form)
            : null;

    private DictionaryModel? ParseDictionary(INamedTypeSymbol type, CollectionForm form) =>
        Parse(Key(type.TypeArguments[0])) is { IsNullable: false } key
        && Scalars.IsKey(key)
        && Parse(type.TypeArguments[1]) is { } value
            ? new DictionaryModel(
                $"{Definition(type)}<{key.Declaration}, {value.Declaration}>",
                $"{type.Name}Of{MethodName(key)}And{MethodName(value)}",
                IsNullable: false,
                key,
                value,
                form)
            : null;

    /// <summary>The type of a key: where nobody said whether it may be null, it may not, for no dictionary takes one.</summary>
    private static ITypeSymbol Key(ITypeSymbol type) => type.NullableAnnotation == NullableAnnotation.None
        ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)
        : type;

    private static string Definition(INamedTypeSymbol type) => type.ContainingType is null
        ? $"global::{type.ContainingNamespace.ToDisplayString()}.{type.Name}"
        : "";
}

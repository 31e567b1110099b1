using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The types that reader and writer know by themselves.</summary>
internal static class Scalars
{
    /// <summary>The model of such a type; <c>null</c> for any other.</summary>
    public static ScalarModel? Find(ITypeSymbol type, bool isNullable)
    {
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
        {
            return new ScalarModel("byte[]", "Bytes", IsReference: true, isNullable, "ReadBytes");
        }

        if (type is INamedTypeSymbol { Name: "ReadOnlyMemory", TypeArguments.Length: 1 } memory
            && memory.TypeArguments[0].SpecialType == SpecialType.System_Byte
            && IsIn(memory, "System"))
        {
            return new ScalarModel(TypeText.Of(type), "Memory", IsReference: false, isNullable, "ReadMemory");
        }

        return Name(type) is { } name
            ? new ScalarModel(TypeText.Of(type), name, type.IsReferenceType, isNullable, "Read" + name)
            : null;
    }

    /// <summary>The reader's method for the number behind an enum.</summary>
    public static string ReadMethod(INamedTypeSymbol underlying) => "Read" + Name(underlying);

    /// <summary>Whether a value of the type can be the key of a dictionary on the wire.</summary>
    public static bool IsKey(ValueModel type) => type is EnumModel or ScalarModel
    {
        Name: "String" or "Guid" or "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64",
    };

    private static string? Name(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "Boolean",
        SpecialType.System_SByte => "SByte",
        SpecialType.System_Byte => "Byte",
        SpecialType.System_Int16 => "Int16",
        SpecialType.System_UInt16 => "UInt16",
        SpecialType.System_Int32 => "Int32",
        SpecialType.System_UInt32 => "UInt32",
        SpecialType.System_Int64 => "Int64",
        SpecialType.System_UInt64 => "UInt64",
        SpecialType.System_Single => "Single",
        SpecialType.System_Double => "Double",
        SpecialType.System_Decimal => "Decimal",
        SpecialType.System_Char => "Char",
        SpecialType.System_String => "String",
        SpecialType.System_DateTime => "DateTime",
        SpecialType.None when type is INamedTypeSymbol { IsGenericType: false } named && IsIn(named, "System") =>
            named.Name switch
            {
                "Guid" or "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly" or "Uri" or "Version" or "Half"
                    or "Int128" or "UInt128" => named.Name,
                _ => null,
            },
        SpecialType.None when type is INamedTypeSymbol { Name: "BigInteger" } big && IsIn(big, "System.Numerics") =>
            "BigInteger",
        _ => null,
    };

    // What stands in no namespace is the compiler's own, such as the argument that List<> lacks.
    private static bool IsIn(INamedTypeSymbol type, string @namespace) =>
        type.ContainingType is null && type.ContainingNamespace?.ToDisplayString() == @namespace;
}

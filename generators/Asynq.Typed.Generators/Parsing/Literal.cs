using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Constants as they are written in code.</summary>
internal static class Literal
{
    /// <summary>The default of a parameter.</summary>
    public static string OfDefault(IParameterSymbol parameter)
    {
        var type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }
            nullable
            ? nullable.TypeArguments[0]
            : parameter.Type;

        return parameter.ExplicitDefaultValue switch
        {
            null => Nothing(parameter.Type),
            var value when type.TypeKind == TypeKind.Enum =>
                $"({TypeText.Of(type)})({Convert.ToString(value, CultureInfo.InvariantCulture)})",
            var value => Of(value),
        };
    }

    /// <summary>The value of a type that was never set.</summary>
    public static string Nothing(ITypeSymbol type) => (type.IsReferenceType, type.NullableAnnotation) switch
    {
        (true, NullableAnnotation.NotAnnotated) => "null!",
        (true, _) => "null",
        _ when type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T => "null",
        _ => "default",
    };

    /// <summary>A string in quotation marks.</summary>
    public static string Of(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Of(object value) => value switch
    {
        string text => Of(text),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        bool flag => flag ? "true" : "false",
        float number when float.IsNaN(number) => "float.NaN",
        float number when float.IsInfinity(number) => number > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
        double number when double.IsNaN(number) => "double.NaN",
        double number when double.IsInfinity(number) =>
            number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
        DateTime moment => $"new global::System.DateTime({moment.Ticks.ToString(CultureInfo.InvariantCulture)}L)",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        long.MinValue => "long.MinValue",
        int.MinValue => "int.MinValue",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"A parameter cannot default to a {value.GetType()}."),
    };
}

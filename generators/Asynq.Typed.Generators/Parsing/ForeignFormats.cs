using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>
/// Refuses what tells another serializer of the same format how to write a type or member: passed over, the bytes would be others
/// than its author said.
/// </summary>
internal static class ForeignFormats
{
    // JsonPropertyOrder is not among them: members stand in the order of their declaration, and mean the same in any.
    private static readonly string[] OfJson =
        ["JsonConverter", "JsonNumberHandling", "JsonExtensionData", "JsonPolymorphic", "JsonDerivedType"];

    /// <summary>Why the type or member is refused; <c>null</c> if it is not.</summary>
    public static string? Fault(ISymbol symbol, WireFormat format) => format switch
    {
        WireFormat.MessagePack when symbol.Has(WellKnownNames.MessagePackFormatter) => ShapeFault.ForeignFormatter,
        WireFormat.Json when OfJson.FirstOrDefault(name => symbol.HasKindOf(FullName(name))) is { } found => ShapeFault.ForeignJson(found),
        _ => null,
    };

    private static string FullName(string name) => $"{WellKnownNames.JsonNamespace}{name}Attribute";
}

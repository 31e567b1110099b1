using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Reads <c>[JsonIgnore]</c>. The numbers are those of <c>JsonIgnoreCondition</c>.</summary>
internal static class Omissions
{
    private const int Always = 1;
    private const int WhenWritingDefault = 2;
    private const int WhenWritingNull = 3;
    private const int WhenWriting = 4;
    private const int WhenReading = 5;

    public static bool IsAlways(ISymbol member) => Condition(member) == Always;

    /// <summary>Whether the member is left out in one direction only: what is written would not be read, or the other way
    /// round.</summary>
    public static bool IsOneWay(ISymbol member, WireFormat format) =>
        format == WireFormat.Json && Condition(member) is (WhenWriting or WhenReading);

    /// <summary>When the member is left out.</summary>
    public static Omission Of(ISymbol member, WireFormat format) => format != WireFormat.Json
        ? Omission.Never
        : Condition(member) switch
        {
            WhenWritingDefault => Omission.Empty,
            WhenWritingNull => Omission.Null,
            _ => Omission.Never,
        };

    private static int? Condition(ISymbol member) => member.FindInherited(WellKnownNames.JsonIgnore) is { } attribute
        ? attribute.Setting("Condition") as int? ?? Always
        : null;
}

using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Refuses a mark on what a payload does not carry: who wrote it thinks that it does.</summary>
internal static class LostMarks
{
    /// <summary>The members of a type that are marked and lost.</summary>
    /// <param name="type">The type.</param>
    /// <param name="carried">What the payload carries of it.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="isTask">Whether it is the task itself, whose marked members make the unique key.</param>
    public static IEnumerable<ShapeFault> Faults(
        INamedTypeSymbol type, List<(ISymbol Symbol, MemberModel Model)> carried, WireFormat format, bool isTask)
    {
        foreach (var symbol in MemberFinder.Levels(type).SelectMany(level => level.GetMembers()))
        {
            if (symbol is IPropertySymbol or IFieldSymbol
                && !symbol.IsImplicitlyDeclared
                && Mark(symbol, format, isTask) is { } mark
                && !carried.Exists(member => member.Symbol.Name == symbol.Name))
            {
                yield return new ShapeFault(
                    symbol, $"is marked with [{mark}], but no part of the payload: make it one, or take the mark away");
            }
        }
    }

    private static string? Mark(ISymbol symbol, WireFormat format, bool isTask)
    {
        if (isTask && symbol.Has(WellKnownNames.UniqueKeyAttribute))
        {
            return "UniqueKey";
        }

        // What is left out on purpose may keep its key for the day that it comes back.
        if (symbol.GetAttributes().IsEmpty || MemberFinder.IsIgnored(symbol, format))
        {
            return null;
        }

        return symbol.Has(WellKnownNames.KeyAttribute) ? "PayloadKey"
            : symbol.Has(WellKnownNames.FormatterAttribute) ? "PayloadFormatter"
            : format == WireFormat.MessagePack && symbol.Has(WellKnownNames.MessagePackKey) ? "Key"
            : null;
    }
}

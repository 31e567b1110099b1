using System.Globalization;
using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Holds the keys of one type's members against each other: all are numbers or none is, and no two are equal.</summary>
internal static class KeyLayout
{
    /// <summary>What is wrong with the keys, for each member that is at fault.</summary>
    public static IEnumerable<ShapeFault> Faults(IReadOnlyList<(ISymbol Symbol, MemberModel Model)> members)
    {
        var firstNumbered = members.FirstOrDefault(member => member.Model.Index >= 0).Symbol;
        var seen = new Dictionary<string, ISymbol>(StringComparer.Ordinal);
        foreach (var (symbol, model) in members)
        {
            if (firstNumbered is not null && model.Index < 0)
            {
                yield return new ShapeFault(
                    symbol,
                    $"has no number and '{firstNumbered.Name}' has one: number all members of a type, or none",
                    ShapeFaultKind.Number);
                continue;
            }

            var isNumbered = model.Index >= 0;
            var key = isNumbered ? model.Index.ToString(CultureInfo.InvariantCulture) : model.WireName;
            if (!seen.TryGetValue(key, out var first))
            {
                seen.Add(key, symbol);
                continue;
            }

            yield return isNumbered
                ? new ShapeFault(symbol, $"has the number {key}, as '{first.Name}' has: give it one of its own", ShapeFaultKind.Number)
                : new ShapeFault(symbol, $"has the key \"{key}\", as '{first.Name}' has: give it one of its own", ShapeFaultKind.Key);
        }
    }
}

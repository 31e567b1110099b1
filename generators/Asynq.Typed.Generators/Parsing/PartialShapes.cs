using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>
/// Tells partial types that another generator seems to complete. This generator does not see what the other one adds:
/// the type would look empty, and be written so.
/// </summary>
internal static class PartialShapes
{
    private const string WayOut =
        "declare its members yourself, or name a formatter for it with [PayloadFormatter]";

    /// <summary>What is wrong with the type; <c>null</c> if its whole shape can be seen.</summary>
    public static string? Fault(INamedTypeSymbol type, ISymbol task)
    {
        foreach (var level in MemberFinder.Levels(type).Where(IsPartial))
        {
            var isTask = SymbolEqualityComparer.Default.Equals(level, task) || IsTask(level);
            var isMarked = level.GetAttributes().Any(IsForeign);
            if (level.GetMembers().Any(member => member is IFieldSymbol && member.GetAttributes().Any(IsForeign)))
            {
                return $"seems to get properties for its fields from another generator: {WayOut}";
            }

            if (isTask ? isMarked && !HasMembers(level) : isMarked || !HasMembers(level))
            {
                return $"is partial and seems to be completed by another generator: {WayOut}";
            }
        }

        return null;
    }

    private static bool HasMembers(INamedTypeSymbol type) => MemberFinder.Find(type, WireFormat.MessagePack).Count > 0;

    private static bool IsPartial(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax() is TypeDeclarationSyntax declaration
            && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static bool IsTask(INamedTypeSymbol type) => type.Has(WellKnownNames.TaskAttribute);

    /// <summary>Whether an attribute may be what another generator looks for.</summary>
    private static bool IsForeign(AttributeData attribute)
    {
        var name = attribute.AttributeClass?.ToDisplayString() ?? "";
        return !name.StartsWith("System.", StringComparison.Ordinal)
            && !name.StartsWith("Asynq.Typed.", StringComparison.Ordinal)
            && !name.StartsWith("MessagePack.", StringComparison.Ordinal);
    }
}

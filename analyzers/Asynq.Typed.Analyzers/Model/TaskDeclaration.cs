using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>A type that carries the task attribute, and what the attribute says.</summary>
internal sealed class TaskDeclaration(INamedTypeSymbol type, AttributeData attribute)
{
    internal INamedTypeSymbol Type { get; } = type;

    internal AttributeData Attribute { get; } = attribute;

    /// <summary>The name on the wire; <c>null</c> where the attribute gives none that can be seen.</summary>
    internal string? TypeName =>
        Attribute.ConstructorArguments.Length > 0 ? Attribute.ConstructorArguments[0].Value as string : null;

    internal Location Location => Type.Locations[0];
}

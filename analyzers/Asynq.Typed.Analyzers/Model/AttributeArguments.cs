using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>Where the arguments of an attribute stand in source.</summary>
internal static class AttributeArguments
{
    /// <summary>The value that is given to a property; the attribute itself where it is not found.</summary>
    internal static Location OfProperty(AttributeData attribute, string property, CancellationToken cancellationToken) =>
        Find(attribute, argument => argument.NameEquals?.Name.Identifier.ValueText == property, cancellationToken);

    /// <summary>The constructor's first argument; the attribute itself where it is not found.</summary>
    internal static Location OfConstructor(AttributeData attribute, CancellationToken cancellationToken) =>
        Find(attribute, argument => argument.NameEquals is null, cancellationToken);

    private static Location Find(
        AttributeData attribute, Func<AttributeArgumentSyntax, bool> matches, CancellationToken cancellationToken)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax syntax)
        {
            return Location.None;
        }

        foreach (var argument in syntax.ArgumentList?.Arguments ?? default)
        {
            if (matches(argument))
            {
                return argument.Expression.GetLocation();
            }
        }

        return syntax.GetLocation();
    }
}

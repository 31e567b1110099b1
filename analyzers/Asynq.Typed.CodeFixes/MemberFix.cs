using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Asynq.Typed.CodeFixes;

/// <summary>A fix that gives members of a payload an attribute.</summary>
public abstract class MemberFix : DocumentFix
{
    // A number, or a formatter, goes to one member, and the next one is for all files of a type or of a namespace.
    private protected sealed override bool IsInSequence => true;

    private protected static bool IsMember(SyntaxNode node) =>
        node is ParameterSyntax or PropertyDeclarationSyntax or FieldDeclarationSyntax;

    /// <summary>An attribute, written as short as the file's imports allow.</summary>
    /// <param name="generator">Makes it.</param>
    /// <param name="name">Its name within <c>Asynq.Typed</c>, without the ending.</param>
    /// <param name="argument">Its argument.</param>
    private protected static SyntaxNode AttributeOf(SyntaxGenerator generator, string name, SyntaxNode argument) =>
        generator.Attribute(SyntaxFactory.ParseName("global::Asynq.Typed." + name), [argument])
            .WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);
}

using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Asynq.Typed.CodeFixes;

/// <summary>
/// Names a formatter on a member, and writes its class below: it throws until its work is written, since leaving the member
/// out would lose data.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WriteFormatterFix))]
[Shared]
public sealed class WriteFormatterFix : MemberFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ1004ShapeCannotBeSeen];

    private protected override string Title => "Write a formatter";

    private protected override bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(PayloadShapeAnalyzer.FixedByFormatter);

    private protected override void Apply(
        DocumentEditor editor, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var written = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var diagnostic in diagnostics)
        {
            if (NodeAt(editor, diagnostic).FirstAncestorOrSelf<SyntaxNode>(IsMember) is not { } member
                || TypeOf(member) is not { } syntax
                || editor.SemanticModel.GetTypeInfo(syntax, cancellationToken).Type is not { } declared
                || member.Ancestors().OfType<TypeDeclarationSyntax>().LastOrDefault() is not { } outermost)
            {
                continue;
            }

            var type = Carried(declared);
            if (!written.TryGetValue(type, out var formatter))
            {
                var isJson = diagnostic.Properties[PayloadShapeAnalyzer.FixedByFormatter] == PayloadShapeAnalyzer.Json;
                var contract = isJson ? "IJsonPayloadFormatter" : "IPayloadFormatter";
                formatter = Known(type, contract, editor.SemanticModel.Compilation);
                if (formatter is null)
                {
                    formatter = NameFor(type, editor.SemanticModel.Compilation, written.Values);
                    editor.InsertAfter(outermost, Formatter(formatter, type, contract, isJson, outermost.GetTrailingTrivia()));
                }

                written.Add(type, formatter);
            }

            editor.ReplaceNode(member, (current, generator) => generator.AddAttributes(current, Attribute(generator, formatter)));
        }
    }

    private static TypeSyntax? TypeOf(SyntaxNode member) => member switch
    {
        ParameterSyntax parameter => parameter.Type,
        PropertyDeclarationSyntax property => property.Type,
        FieldDeclarationSyntax field => field.Declaration.Type,
        _ => null,
    };

    /// <summary>A formatter is given no null: the payload says that by itself.</summary>
    private static ITypeSymbol Carried(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);

    /// <summary>A formatter of that type that has been written before; <c>null</c> where there is none.</summary>
    private static string? Known(ITypeSymbol type, string contract, Compilation compilation)
    {
        for (var name = BaseName(type); compilation.ContainsSymbolsWithName(name, SymbolFilter.Type); name = "New" + name)
        {
            var known = compilation.GetSymbolsWithName(name, SymbolFilter.Type).OfType<INamedTypeSymbol>().FirstOrDefault(known =>
                known.AllInterfaces.Any(candidate =>
                    candidate.Name == contract && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type)));
            if (known is not null)
            {
                return known.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
            }
        }

        return null;
    }

    private static string BaseName(ITypeSymbol type) =>
        (type is IArrayTypeSymbol array ? array.ElementType.Name + "Array" : type.Name) + "Formatter";

    private static string NameFor(ITypeSymbol type, Compilation compilation, IEnumerable<string> taken)
    {
        var name = BaseName(type);
        while (taken.Contains(name) || compilation.ContainsSymbolsWithName(name, SymbolFilter.Type))
        {
            name = "New" + name;
        }

        return name;
    }

    private static SyntaxNode Attribute(SyntaxGenerator generator, string formatter) =>
        AttributeOf(
            generator, "PayloadFormatter", generator.TypeOfExpression(SyntaxFactory.ParseTypeName(formatter)));

    private static MemberDeclarationSyntax Formatter(
        string name, ITypeSymbol type, string contract, bool isJson, SyntaxTriviaList trailing)
    {
        var carried = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var writer = isJson ? "global::System.Text.Json.Utf8JsonWriter writer" : "ref global::MessagePack.MessagePackWriter writer";
        var reader = isJson ? "ref global::System.Text.Json.Utf8JsonReader reader" : "ref global::MessagePack.MessagePackReader reader";
        var source = $$"""
            internal sealed class {{name}} : global::Asynq.Typed.{{contract}}<{{carried}}>
            {
                public static void Write({{writer}}, {{carried}} value) =>
                    throw new global::System.NotSupportedException("{{name}}.Write is yet to be written: write exactly one value.");

                public static {{carried}} Read({{reader}}) =>
                    throw new global::System.NotSupportedException("{{name}}.Read is yet to be written: read what Write wrote.");
            }
            """;

        // One line stays empty between the two; the last type of a file may end it without a line break.
        var breaks = trailing.Any(SyntaxKind.EndOfLineTrivia) ? 1 : 2;
        var parsed = SyntaxFactory.ParseMemberDeclaration(source)!
            .WithLeadingTrivia(Enumerable.Repeat(SyntaxFactory.EndOfLine("\n"), breaks))
            .WithTrailingTrivia(trailing);
        return parsed.ReplaceNodes(
            parsed.DescendantNodes().Where(node => node is QualifiedNameSyntax { Parent: not QualifiedNameSyntax }),
            (_, current) => current.WithAdditionalAnnotations(Simplifier.Annotation));
    }
}

using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Asynq.Typed.CodeFixes;

/// <summary>
/// Gives a member the number after the highest of its type: one in between may have had a meaning before, by which payloads
/// that wait in Redis would be read.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AssignPayloadKeyFix))]
[Shared]
public sealed class AssignPayloadKeyFix : MemberFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ1005KeysDoNotAgree];

    private protected override string Title => "Assign the next number";

    private protected override bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(PayloadShapeAnalyzer.FixedByNumber);

    private protected override void Apply(
        DocumentEditor editor, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var highest = new Dictionary<ISymbol, int>(SymbolEqualityComparer.Default);
        foreach (var diagnostic in diagnostics)
        {
            if (NodeAt(editor, diagnostic).AncestorsAndSelf().FirstOrDefault(IsMember) is { } member
                && member.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration
                && editor.SemanticModel.GetDeclaredSymbol(declaration, cancellationToken) is { } type)
            {
                var number = 1 + (highest.TryGetValue(type, out var last) ? last : Highest(type));
                highest[type] = number;
                Number(editor, member, number, cancellationToken);
            }
        }
    }

    private static int Highest(INamedTypeSymbol type)
    {
        var highest = -1;
        foreach (var level in MemberFinder.Levels(type))
        {
            var parameters = level.InstanceConstructors.SelectMany(constructor => constructor.Parameters);
            foreach (var member in level.GetMembers().Concat<ISymbol>(parameters))
            {
                if (member.Find(WellKnownNames.KeyAttribute)?.Argument() is int number)
                {
                    highest = Math.Max(highest, number);
                }
            }
        }

        return highest;
    }

    private static void Number(DocumentEditor editor, SyntaxNode member, int number, CancellationToken cancellationToken)
    {
        var present = member.DescendantNodes().OfType<AttributeSyntax>().FirstOrDefault(attribute =>
            editor.SemanticModel.GetTypeInfo(attribute, cancellationToken).Type?.ToDisplayString() == WellKnownNames.KeyAttribute);
        if (present is not null)
        {
            editor.ReplaceNode(
                present.ArgumentList!.Arguments[0].Expression,
                (current, generator) => generator.LiteralExpression(number).WithTriviaFrom(current));
            return;
        }

        editor.ReplaceNode(
            member,
            (current, generator) => generator.AddAttributes(
                current, AttributeOf(generator, "PayloadKey", generator.LiteralExpression(number))));
    }
}

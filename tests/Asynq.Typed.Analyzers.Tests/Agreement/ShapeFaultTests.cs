using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Analyzers.Tests.Agreement;

/// <summary>What the generator has against a payload is shown as it says it, so each of its reasons says what to do.</summary>
public sealed class ShapeFaultTests
{
    private static readonly string[] Remedies =
        ["declare", "give", "hold", "leave", "make", "name", "number", "rename", "say", "set", "take"];

    public static TheoryData<string, string> Reasons { get; } = [.. Find().Select(reason => (reason.File, reason.Text))];

    [Fact]
    public void They_are_found() => Assert.True(Reasons.Count > 15, $"Only {Reasons.Count} reasons are found.");

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_says_what_to_do(string file, string reason) => Assert.True(
        Remedies.Any(remedy => reason.Contains($": {remedy} ", StringComparison.Ordinal)), $"{file} says: {reason}");

    /// <summary>The texts that are given to a fault where it is made, or that are called one before.</summary>
    private static IEnumerable<(string File, string Text)> Find()
    {
        foreach (var path in Directory.EnumerateFiles(Repository.PathOf("generators", "Asynq.Typed.Generators", "Parsing"), "*.cs"))
        {
            var root = CSharpSyntaxTree.ParseText(File.ReadAllText(path), Library.Language).GetRoot();
            var given = root.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>()
                .Where(made => made is ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "ShapeFault" } }
                    || made.Parent?.Parent?.Parent is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "fault" } })
                .Select(made => made.ArgumentList!.Arguments[1].Expression);
            var returned = root.DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(method => method.Identifier.Text == "Fault" && path.EndsWith("PartialShapes.cs", StringComparison.Ordinal))
                .SelectMany(method => method.DescendantNodes().OfType<ReturnStatementSyntax>())
                .Select(statement => statement.Expression!);
            foreach (var reason in given.Concat(returned))
            {
                if (TextOf(reason, root) is { Length: > 0 } text)
                {
                    yield return (Path.GetFileName(path), text);
                }
            }
        }
    }

    /// <summary>The text of a literal, of parts put together, or of a constant; empty for a variable.</summary>
    private static string TextOf(ExpressionSyntax reason, SyntaxNode root) => reason switch
    {
        LiteralExpressionSyntax { Token.Value: string text } => text,
        BinaryExpressionSyntax sum => TextOf(sum.Left, root) + TextOf(sum.Right, root),
        InterpolatedStringExpressionSyntax text => string.Concat(text.Contents.Select(part => part switch
        {
            InterpolatedStringTextSyntax plain => plain.TextToken.ValueText,
            InterpolationSyntax { Expression: IdentifierNameSyntax name } => TextOf(name, root) is { Length: > 0 } known ? known : "…",
            _ => "…",
        })),
        IdentifierNameSyntax name => root.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .FirstOrDefault(field => field.Identifier.Text == name.Identifier.Text && field.Parent?.Parent is FieldDeclarationSyntax)
            ?.Initializer is { } initializer ? TextOf(initializer.Value, root) : "",
        _ => "",
    };
}

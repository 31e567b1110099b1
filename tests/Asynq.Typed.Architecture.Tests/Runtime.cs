using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Architecture.Tests;

/// <summary>The sources of src/Asynq.Typed, bound, so that a use is what the compiler says and not how a name looks.</summary>
internal static class Runtime
{
    private const string Folder = "src/Asynq.Typed/";

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    internal static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Repository.Files(Folder, "*.cs").Select(path => new SourceFile(path, RoomOf(path), Repository.Read(path)))];

    /// <summary>Every place where a file names a type that another file of the runtime declares.</summary>
    internal static IEnumerable<Use> Uses()
    {
        var trees = Sources.ToDictionary(source => source.Path, source => CSharpSyntaxTree.ParseText(source.Text, path: source.Path));
        var compilation = CSharpCompilation.Create(
            "Asynq.Typed",
            [.. trees.Values, CSharpSyntaxTree.ParseText(ImplicitUsings)],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

        return Sources.SelectMany(source => UsesOf(source, compilation.GetSemanticModel(trees[source.Path])));
    }

    private static IEnumerable<Use> UsesOf(SourceFile source, SemanticModel model)
    {
        // Doc comments are left out: a sentence may point upwards, a use may not.
        foreach (var name in model.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            foreach (var declaration in type?.DeclaringSyntaxReferences ?? [])
            {
                if (declaration.SyntaxTree.FilePath is { Length: > 0 } file)
                {
                    yield return new Use(source.Path, source.Room, RoomOf(file), type!.Name);
                }
            }
        }
    }

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != "Asynq.Typed.dll")
            .Select(path => MetadataReference.CreateFromFile(path));

    private static string RoomOf(string path)
    {
        var below = path[Folder.Length..];
        var slash = below.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : below[..slash];
    }
}

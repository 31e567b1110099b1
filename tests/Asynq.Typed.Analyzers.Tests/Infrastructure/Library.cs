using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>What a test compilation is compiled against: the real assemblies.</summary>
internal static class Library
{
    internal const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    internal const string AsynqUsings = "global using Asynq.Typed;";

    /// <summary>The framework itself comes as references, so that no package is fetched.</summary>
    internal static readonly ReferenceAssemblies Framework = new("net10.0");

    internal static readonly ImmutableArray<MetadataReference> FrameworkReferences = [.. Net100.References.All];

    internal static readonly ImmutableArray<MetadataReference> References =
    [
        .. FrameworkReferences,
        Reference(typeof(AsynqTaskAttribute)),
        Reference(typeof(AsynqBuilder)),
        Reference(typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection)),
    ];

    internal static readonly CSharpParseOptions Language =
        new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    private static PortableExecutableReference Reference(Type type) =>
        MetadataReference.CreateFromFile(type.Assembly.Location);
}

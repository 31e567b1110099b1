using System.Collections.Immutable;
using System.Reflection;
using Asynq.Typed.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>Everything that the two assemblies hold.</summary>
internal static class Assemblies
{
    internal static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
        [.. InstancesOf<DiagnosticAnalyzer>(typeof(AsynqAnalyzer).Assembly)];

    internal static ImmutableArray<CodeFixProvider> Fixes { get; } =
        [.. InstancesOf<CodeFixProvider>(typeof(DocumentFix).Assembly)];

    internal static ImmutableArray<DiagnosticDescriptor> Rules { get; } =
    [
        .. Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics)
            .DistinctBy(rule => rule.Id)
            .OrderBy(rule => rule.Id, StringComparer.Ordinal),
    ];

    private static IEnumerable<T> InstancesOf<T>(Assembly assembly) => assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
        .Select(type => (T)Activator.CreateInstance(type)!);
}

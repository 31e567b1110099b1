using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The <c>Add…Handlers()</c> methods that an application could call and does not.</summary>
internal static class MissingRegistrations
{
    private static readonly HashSet<string> BuilderTypes =
        new(StringComparer.Ordinal) { "AsynqBuilder", "IServiceCollection", "IHostApplicationBuilder", "HostApplicationBuilder", "IHostBuilder" };

    internal static ImmutableArray<IMethodSymbol> In(Compilation compilation, CompilationIndex index)
    {
        var called = InvokedNames.In(compilation);
        if (called.Contains("AddHandlers"))
        {
            return [];
        }

        var references = compilation.SourceModule.ReferencedAssemblySymbols;
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        if (Registration.Of(compilation.Assembly) is { } own && !called.Contains(own.Name))
        {
            found.Add(own);
        }

        foreach (var assembly in references)
        {
            if (Registration.Of(assembly) is { } method
                && !called.Contains(method.Name)
                && !IsComposed(assembly, references, index, called))
            {
                found.Add(method);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Whether a method of the assembly itself, or another assembly, may add the handlers.</summary>
    private static bool IsComposed(
        IAssemblySymbol assembly,
        ImmutableArray<IAssemblySymbol> references,
        CompilationIndex index,
        HashSet<string> called) =>
        references.Any(other => other.Modules.Any(module =>
            module.ReferencedAssemblies.Any(reference => reference.Name == assembly.Name)))
        || index.Referenced.TypesOf(assembly).Any(type => type.IsStatic && type.GetMembers().Any(member =>
            member is IMethodSymbol { IsStatic: true } method
            && called.Contains(method.Name)
            && method.Parameters.Any(parameter => BuilderTypes.Contains(parameter.Type.Name))));
}

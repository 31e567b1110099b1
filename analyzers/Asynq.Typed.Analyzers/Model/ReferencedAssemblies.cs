using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Routing;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>
/// The referenced assemblies that use the library, and what they handle: as the generator says it in an attribute of the
/// assembly, or, for those that were compiled without, by a walk over their types.
/// </summary>
internal sealed class ReferencedAssemblies
{
    private readonly AsynqSymbols _symbols;
    private readonly ImmutableDictionary<IAssemblySymbol, Lazy<ImmutableArray<INamedTypeSymbol>>> _types;
    private readonly Lazy<ImmutableDictionary<IAssemblySymbol, ImmutableArray<HandledName>>> _handled;

    internal ReferencedAssemblies(Compilation compilation, AsynqSymbols symbols)
    {
        _symbols = symbols;
        var types = ImmutableDictionary.CreateBuilder<IAssemblySymbol, Lazy<ImmutableArray<INamedTypeSymbol>>>(
            SymbolEqualityComparer.Default);
        var all = ImmutableArray.CreateBuilder<IAssemblySymbol>();
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (UsesLibrary(assembly) && !types.ContainsKey(assembly))
            {
                all.Add(assembly);
                types.Add(assembly, new(() => DeclaredTypes.In(assembly)));
            }
        }

        All = all.ToImmutable();
        _types = types.ToImmutable();
        _handled = new(() => All.ToImmutableDictionary<IAssemblySymbol, IAssemblySymbol, ImmutableArray<HandledName>>(
            assembly => assembly, FindHandled, SymbolEqualityComparer.Default));
    }

    /// <summary>The assemblies, without those of the library itself.</summary>
    internal ImmutableArray<IAssemblySymbol> All { get; }

    /// <summary>Every type of an assembly, nested ones included.</summary>
    internal ImmutableArray<INamedTypeSymbol> TypesOf(IAssemblySymbol assembly) =>
        _types.TryGetValue(assembly, out var types) ? types.Value : [];

    /// <summary>What an assembly handles.</summary>
    internal ImmutableArray<HandledName> HandledIn(IAssemblySymbol assembly) =>
        _handled.Value.TryGetValue(assembly, out var handled) ? handled : [];

    /// <summary>
    /// Whether an assembly registers something, and shows nothing that it registers: a tool has left its internal classes
    /// out. The compiler's own reference assemblies keep them.
    /// </summary>
    internal bool HidesHandlers(IAssemblySymbol assembly) =>
        Registration.Of(assembly) is not null && HandledIn(assembly).IsEmpty;

    private ImmutableArray<HandledName> FindHandled(IAssemblySymbol assembly)
    {
        var named = ImmutableArray.CreateBuilder<HandledName>();
        foreach (var attribute in assembly.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, _symbols.HandledTaskAttribute)
                && attribute.ConstructorArguments is { Length: 2 } arguments
                && arguments[0].Value is string taskType
                && arguments[1].Value is string handler)
            {
                named.Add(new HandledName(taskType, handler));
            }
        }

        // Only an assembly that registers handlers has any, and only an old one does not name them.
        return named.Count > 0 || Registration.Of(assembly) is null
            ? named.ToImmutable()
            :
            [
                .. TypesOf(assembly)
                    .SelectMany(type => CompilationIndex.HandledBy(type, _symbols))
                    .SelectMany(handled => handled.Names(_symbols)),
            ];
    }

    private bool UsesLibrary(IAssemblySymbol assembly)
    {
        var library = _symbols.TaskAttribute.ContainingAssembly.Identity;
        return assembly.Name is not ("Asynq.Typed" or "Asynq.Typed.Embedded")
            && assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == library.Name));
    }
}

using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Collects what the compiler warns of where generated code names it.</summary>
internal sealed class Cautions
{
    private const string Obsolete = "System.ObsoleteAttribute";
    private const string Experimental = "System.Diagnostics.CodeAnalysis.ExperimentalAttribute";

    private readonly HashSet<string> _experiments = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> _assemblies = new(SymbolEqualityComparer.Default);
    private bool _isObsolete;

    /// <summary>What was found.</summary>
    public CautionModel Model =>
        new(_isObsolete, _experiments.OrderBy(id => id, StringComparer.Ordinal).ToEquatableArray());

    /// <summary>All that some of them warn of.</summary>
    public static CautionModel Join(IEnumerable<CautionModel> parts)
    {
        var all = new Cautions();
        foreach (var part in parts)
        {
            all._isObsolete |= part.IsObsolete;
            all._experiments.UnionWith(part.Experiments);
        }

        return all.Model;
    }

    /// <summary>Adds what a symbol, a type around it or its assembly is marked with.</summary>
    public void Add(ISymbol symbol)
    {
        for (var level = symbol; level is not null; level = level.ContainingType)
        {
            AddMarks(level);
        }

        if (symbol.ContainingAssembly is { } assembly && _assemblies.Add(assembly))
        {
            AddMarks(assembly);
        }
    }

    /// <summary>Adds what a type is marked with, a type that its name is made of, or what writes it.</summary>
    public void AddNamed(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            AddNamed(array.ElementType);
            return;
        }

        if (type is not INamedTypeSymbol named)
        {
            return;
        }

        if (named.SpecialType == SpecialType.None)
        {
            Add(named);
            AddFormatter(named.Find(WellKnownNames.FormatterAttribute));
        }

        foreach (var argument in named.TypeArguments)
        {
            AddNamed(argument);
        }
    }

    /// <summary>Adds what a member's formatter is marked with.</summary>
    public void AddFormatter(AttributeData? attribute)
    {
        if (attribute?.Argument() is ITypeSymbol formatter)
        {
            Add(formatter);
        }
    }

    private void AddMarks(ISymbol symbol)
    {
        _isObsolete |= symbol.Has(Obsolete);

        // What is no name cannot be suppressed by one.
        if (symbol.Find(Experimental)?.Argument() is string id && SyntaxFacts.IsValidIdentifier(id))
        {
            _experiments.Add(id);
        }
    }
}

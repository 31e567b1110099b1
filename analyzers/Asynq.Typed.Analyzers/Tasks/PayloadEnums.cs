using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>
/// The enums that payloads hold, at any depth, each with the first task found to hold it. What a payload holds, the generator's
/// own parsing says.
/// </summary>
internal sealed class PayloadEnums
{
    private readonly ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol>.Builder _found =
        ImmutableDictionary.CreateBuilder<INamedTypeSymbol, INamedTypeSymbol>(SymbolEqualityComparer.Default);

    // What one format leaves out of a type another may carry.
    private readonly Dictionary<WireFormat, HashSet<ITypeSymbol>> _seen = [];
    private readonly Stack<ITypeSymbol> _waiting = new();

    private PayloadEnums()
    {
    }

    internal static ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol> Of(ImmutableArray<TaskDeclaration> tasks)
    {
        var enums = new PayloadEnums();
        foreach (var task in tasks)
        {
            enums.Add(task);
        }

        return enums._found.ToImmutable();
    }

    private void Add(TaskDeclaration task)
    {
        var format = TaskParser.ParseOptions(task.Attribute).Format;
        if (!_seen.TryGetValue(format, out var seen))
        {
            seen = new(SymbolEqualityComparer.Default);
            _seen.Add(format, seen);
        }

        _waiting.Push(task.Type);
        while (_waiting.Count > 0)
        {
            var type = _waiting.Pop();
            if (type is IArrayTypeSymbol array)
            {
                _waiting.Push(array.ElementType);
            }
            else if (type is INamedTypeSymbol named && !named.Has(WellKnownNames.FormatterAttribute) && seen.Add(named))
            {
                Visit(named, task.Type, format);
            }
        }
    }

    private void Visit(INamedTypeSymbol type, INamedTypeSymbol task, WireFormat format)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            if (!_found.ContainsKey(type))
            {
                _found.Add(type, task);
            }

            return;
        }

        foreach (var held in HeldBy(type, format))
        {
            _waiting.Push(held);
        }
    }

    private static IEnumerable<ITypeSymbol> HeldBy(INamedTypeSymbol type, WireFormat format)
    {
        // What is compiled elsewhere shows its enums to the analysis of its own project. Of the framework's collections, tuples and
        // pairs, what they hold are the arguments.
        if (type.DeclaringSyntaxReferences.IsEmpty)
        {
            return type.TypeArguments;
        }

        var cases = UnionCases.Find(type);
        return cases.Count > 0
            ? cases.Select(@case => @case.Type).OfType<ITypeSymbol>()
            : MemberFinder.Find(type, format)
                .Where(IsCarried)
                .Where(member => member.FindOnMember(parameter: null, WellKnownNames.FormatterAttribute) is null)
                .Select(MemberFinder.TypeOf);
    }

    /// <summary>Whether a member has a value that travels, rather than one that is computed of others.</summary>
    private static bool IsCarried(ISymbol member) =>
        MemberFinder.HoldsValue(member) || member is IPropertySymbol { SetMethod: not null };
}

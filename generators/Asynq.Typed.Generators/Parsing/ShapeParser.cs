using System.Globalization;
using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns the objects in a payload into shapes, or says why that cannot be done.</summary>
internal sealed class ShapeParser
{
    private readonly Compilation _compilation;
    private readonly ISymbol _within;
    private readonly WireOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<ISymbol, ObjectModel> _objects = new(SymbolEqualityComparer.IncludeNullability);

    // WriteUniqueKey and ReadResult are names of methods already.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "UniqueKey", "Result" };
    private readonly List<ShapeModel> _shapes = [];
    private readonly List<UnionModel> _unions = [];
    private readonly List<ShapeFault> _faults = [];

    /// <summary>Starts with no shapes.</summary>
    /// <param name="compilation">What is compiled.</param>
    /// <param name="within">The type or assembly that the code will stand in: it uses what is accessible there.</param>
    /// <param name="options">What the task says of its payload.</param>
    /// <param name="cancellation">Ends the parsing.</param>
    public ShapeParser(
        Compilation compilation, ISymbol within, WireOptions options, CancellationToken cancellation)
    {
        _compilation = compilation;
        _within = within;
        _options = options;
        _cancellation = cancellation;
        Values = new ValueParser(options.Format, ParseObject);
    }

    /// <summary>The parser of values in the payload.</summary>
    public ValueParser Values { get; }

    /// <summary>What stands against generating code for the payload.</summary>
    public IReadOnlyList<ShapeFault> Faults => _faults;

    /// <summary>Whether something in the payload is marked as obsolete.</summary>
    public bool UsesObsolete { get; private set; }

    /// <summary>The objects found, in the order of their names.</summary>
    public EquatableArray<ShapeModel> Shapes =>
        _shapes.OrderBy(shape => shape.Name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The unions found, in the order of their names.</summary>
    public EquatableArray<UnionModel> Unions =>
        _unions.OrderBy(union => union.Name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The model of an object; <c>null</c> if a payload cannot hold one of its type.</summary>
    public ObjectModel? ParseObject(INamedTypeSymbol type)
    {
        _cancellation.ThrowIfCancellationRequested();
        type = (INamedTypeSymbol)type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        if (_objects.TryGetValue(type, out var known))
        {
            return known;
        }

        if (type.IsTupleType)
        {
            return ParseTuple(type);
        }

        var cases = UnionCases.Find(type);
        if (cases.Count == 0 && !ObjectTypes.IsObject(type) || !IsAccessible(type))
        {
            return null;
        }

        var model = new ObjectModel(TypeText.Of(type), UniqueName(type), type.IsReferenceType, IsNullable: false);
        _objects.Add(type, model);
        if (cases.Count > 0)
        {
            ParseUnion(type, model, cases);
        }
        else if (ParseShape(type, model) is { } shape)
        {
            _shapes.Add(shape);
        }

        return model;
    }

    private ObjectModel? ParseTuple(INamedTypeSymbol type)
    {
        var members = new List<MemberModel>();
        foreach (var element in type.TupleElements)
        {
            if (Values.Parse(element.Type) is not { } value)
            {
                return null;
            }

            var name = "Item" + (members.Count + 1).ToString(CultureInfo.InvariantCulture);
            var nothing = value.IsNullable ? "null" : value.IsReference ? "null!" : "default";
            members.Add(new MemberModel(
                name, name, members.Count, value, Absence.Refused, nothing, IsSet: false, Omission.Never));
        }

        if (members.Count < 2)
        {
            return null;
        }

        var parts = members.Select(member => ValueParser.MethodName(member.Type));
        var model = new ObjectModel(
            $"({string.Join(", ", members.Select(member => member.Type.Declaration))})",
            UniqueName("TupleOf" + string.Join("And", parts)),
            IsReference: false,
            IsNullable: false);
        _objects[type] = model;
        _shapes.Add(new ShapeModel(
            model.CSharp,
            model.Name,
            IsOpen: false,
            IsList: true,
            IsTuple: true,
            members.ToEquatableArray(),
            members.Select(member => member.Name).ToEquatableArray()));
        return model;
    }

    private void ParseUnion(INamedTypeSymbol type, ObjectModel model, IReadOnlyList<UnionCases.Case> cases)
    {
        var parsed = new List<UnionCaseModel>();
        foreach (var @case in cases)
        {
            if (@case.Type is null
                || !_compilation.ClassifyCommonConversion(@case.Type, type).IsImplicit
                || UnionCases.Find(@case.Type).Count > 0
                || ParseObject(@case.Type) is not { } value)
            {
                _faults.Add(new ShapeFault(type, $"has the key {@case.Key} for what is no object of its type"));
                return;
            }

            parsed.Add(new UnionCaseModel(@case.Key, value));
        }

        var words = cases.Count(@case => @case.IsWord);
        if ((words > 0 && words < cases.Count)
            || cases.Select(@case => @case.Key).Distinct().Count() < cases.Count)
        {
            _faults.Add(new ShapeFault(type, "has keys of two kinds, or one twice"));
            return;
        }

        _unions.Add(new UnionModel(model.CSharp, model.Name, words > 0, parsed.ToEquatableArray()));
    }

    private ShapeModel? ParseShape(INamedTypeSymbol type, ObjectModel model)
    {
        if (PartialShapes.Fault(type, _within) is { } incomplete)
        {
            _faults.Add(new ShapeFault(type, incomplete));
            return null;
        }

        var symbols = MemberFinder.Find(type, _options.Format);
        if (ConstructorBinder.Find(type, symbols, IsAccessible) is not { } constructor)
        {
            _faults.Add(new ShapeFault(type, "has no single constructor whose parameters are all members of it"));
            return null;
        }

        UsesObsolete |= symbols.Append(type).Append(constructor).Any(symbol => symbol.Has("System.ObsoleteAttribute"));
        var members = ParseMembers(symbols, constructor);
        if (!HasOneLayout(members))
        {
            _faults.Add(new ShapeFault(type, "has members with and without a number, or two with the same key"));
            return null;
        }

        if (SymbolEqualityComparer.Default.Equals(type, _within))
        {
            RequireUniqueKeys(type, members);
        }

        var isList = members.Count > 0 && members[0].Index >= 0;
        var isDeclared = _options.Format == WireFormat.Json && !isList;
        return new ShapeModel(
            model.CSharp,
            model.Name,
            IsOpen: type is { IsReferenceType: true, IsSealed: false },
            isList,
            IsTuple: false,
            (isDeclared
                ? members.AsEnumerable()
                : members.OrderBy(member => member.Index).ThenBy(member => member.WireName, StringComparer.Ordinal))
                .ToEquatableArray(),
            constructor.Parameters
                .Select(parameter => TypeText.Identifier(ConstructorBinder.Member(symbols, parameter)!.Name))
                .ToEquatableArray());
    }

    private List<MemberModel> ParseMembers(List<ISymbol> symbols, IMethodSymbol constructor)
    {
        var bound = constructor.Parameters.ToDictionary(
            parameter => ConstructorBinder.Member(symbols, parameter)!,
            parameter => parameter,
            (IEqualityComparer<ISymbol>)SymbolEqualityComparer.Default);
        var parser = new MemberParser(
            ObjectTypes.IsPair(constructor.ContainingType) ? new WireOptions(_options.Format, WireNaming.Declared) : _options,
            Values,
            constructor,
            IsAccessible,
            (symbol, reason) => _faults.Add(new ShapeFault(symbol, reason)));
        var members = new List<MemberModel>();
        foreach (var symbol in symbols)
        {
            bound.TryGetValue(symbol, out var parameter);
            if (parser.Parse(symbol, parameter) is { } member)
            {
                // Tuples and pairs of the framework are lists, in the order of their constructor.
                members.Add(ObjectTypes.IsPair(constructor.ContainingType)
                    ? member with { Index = parameter!.Ordinal }
                    : member);
            }
        }

        return members;
    }

    /// <summary>Refuses a mark on what a payload does not carry: the key would silently be made without it.</summary>
    private void RequireUniqueKeys(INamedTypeSymbol type, List<MemberModel> members) => _faults.AddRange(
        MemberFinder.Levels(type)
            .SelectMany(level => level.GetMembers())
            .Where(symbol => symbol.Has(WellKnownNames.UniqueKeyAttribute)
                && !members.Exists(member => member.Name == TypeText.Identifier(symbol.Name)))
            .Select(symbol => new ShapeFault(
                symbol, "is marked with [UniqueKey], but no part of the payload: make it one, or take the mark away")));

    private static bool HasOneLayout(List<MemberModel> members)
    {
        var numbered = members.Count(member => member.Index >= 0);
        return (numbered == 0 || numbered == members.Count)
            && members.Select(member => numbered > 0 ? member.Index.ToString(CultureInfo.InvariantCulture) : member.WireName)
                .Distinct(StringComparer.Ordinal).Count() == members.Count;
    }

    private bool IsAccessible(ISymbol symbol) => _compilation.IsSymbolAccessibleWithin(symbol, _within);

    private string UniqueName(INamedTypeSymbol type)
    {
        var arguments = string.Join("And", type.TypeArguments.Select(argument =>
            argument is IArrayTypeSymbol array ? "ArrayOf" + array.ElementType.Name : argument.Name));
        return UniqueName(arguments.Length == 0 ? type.Name : $"{type.Name}Of{arguments}");
    }

    private string UniqueName(string name)
    {
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
        {
            unique = name + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }
}

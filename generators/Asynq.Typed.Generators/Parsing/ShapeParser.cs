using System.Globalization;
using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns the objects in a payload into shapes, or says why that cannot be done.</summary>
internal sealed class ShapeParser
{
    // Far more than a payload has; what goes beyond has no end.
    private const int MaxObjects = 1000;
    private const int MaxGenericDepth = 32;

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
    private readonly Cautions _cautions = new();

    // What was found and is still to be parsed. Not by recursion: the compiler's stack ends before a long chain of types does.
    private readonly Queue<(INamedTypeSymbol Type, ObjectModel Model)> _pending = new();

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
        Values = new ValueParser(options.Format, FindObject, IsAccessible, AddOnce);
    }

    /// <summary>The parser of values. Their objects are found, and parsed with the payload or the result.</summary>
    private ValueParser Values { get; }

    /// <summary>What stands against generating code for the payload.</summary>
    public IReadOnlyList<ShapeFault> Faults => _faults;

    /// <summary>What the compiler warns of in the payload.</summary>
    public CautionModel Cautions => _cautions.Model;

    /// <summary>The objects found, in the order of their names.</summary>
    public EquatableArray<ShapeModel> Shapes =>
        _shapes.OrderBy(shape => shape.Name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The unions found, in the order of their names.</summary>
    public EquatableArray<UnionModel> Unions =>
        _unions.OrderBy(union => union.Name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The model of a value and of all that is in it; <c>null</c> if a payload cannot hold one of its type.</summary>
    public ValueModel? ParseValue(ITypeSymbol type)
    {
        var value = Values.Parse(type);
        _cautions.AddNamed(type);
        ParsePending();
        return value;
    }

    /// <summary>The model of an object and of all that is in it; <c>null</c> if a payload cannot hold one of its type.</summary>
    public ObjectModel? ParseObject(INamedTypeSymbol type)
    {
        var model = FindObject(type);
        ParsePending();
        return model;
    }

    private void ParsePending()
    {
        while (_pending.Count > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            var (type, model) = _pending.Dequeue();
            var cases = UnionCases.Find(type);
            if (_objects.Count > MaxObjects || ObjectTypes.IsDeeperThan(type, MaxGenericDepth))
            {
                // A generic type whose members are of ever larger types of the same kind has no end.
                _faults.Add(new ShapeFault(type, $"is one of more than {MaxObjects} types, or of a generic type without end: name a formatter for it with [PayloadFormatter]"));
                _pending.Clear();
            }
            else if (ForeignFormats.Fault(type, _options.Format) is { } foreign)
            {
                _faults.Add(new ShapeFault(type, foreign));
            }
            else if (cases.Count > 0)
            {
                ParseUnion(type, model, cases);
            }
            else if (ParseShape(type, model) is { } shape)
            {
                _shapes.Add(shape);
            }
        }
    }

    /// <summary>The model of an object that is parsed later; <c>null</c> if a payload cannot hold one of its type.</summary>
    private ObjectModel? FindObject(INamedTypeSymbol type)
    {
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
        _pending.Enqueue((type, model));
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

        // Tuples that differ in the names of their items are one.
        var text = $"({string.Join(", ", members.Select(member => member.Type.Declaration))})";
        if (_objects.Values.FirstOrDefault(known => known.CSharp == text) is { } same)
        {
            _objects[type] = same;
            return same;
        }

        var parts = members.Select(member => ValueParser.MethodName(member.Type));
        var model = new ObjectModel(
            text,
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
                || FindObject(@case.Type) is not { } value)
            {
                _faults.Add(new ShapeFault(
                    type,
                    $"has the key {@case.Key} for what is no object of its type: name a class or a struct that can be seen and is one"));
                return;
            }

            parsed.Add(new UnionCaseModel(@case.Key, value));
        }

        var words = cases.Count(@case => @case.IsWord);
        if ((words > 0 && words < cases.Count)
            || cases.Select(@case => @case.Key).Distinct().Count() < cases.Count)
        {
            _faults.Add(new ShapeFault(type, "has keys of two kinds, or one twice: give each of its types a number of its own, or each a word", ShapeFaultKind.Key));
            return;
        }

        if (cases.FirstOrDefault(@case => cases.Count(other => SymbolEqualityComparer.Default.Equals(other.Type, @case.Type)) > 1).Type
            is { } twice)
        {
            _faults.Add(new ShapeFault(type, $"has two keys for '{twice.Name}', which can be written under one only: take one away", ShapeFaultKind.Key));
            return;
        }

        _cautions.Add(type);
        _unions.Add(new UnionModel(model.CSharp, model.Name, words > 0, parsed.ToEquatableArray()));
    }

    private ShapeModel? ParseShape(INamedTypeSymbol type, ObjectModel model)
    {
        if (PartialShapes.Fault(type, _within) is { } incomplete)
        {
            _faults.Add(new ShapeFault(type, incomplete));
            return null;
        }

        if (ObjectTypes.FrameworkBase(type) is { } foreign)
        {
            _faults.Add(new ShapeFault(type, $"is derived from '{foreign.ToDisplayString()}', whose content is no member: hold it in one, or name a formatter with [PayloadFormatter]"));
            return null;
        }

        var symbols = MemberFinder.Find(type, _options.Format);
        if (ConstructorBinder.Find(type, symbols, IsUsable) is not { } constructor)
        {
            _faults.Add(new ShapeFault(
                type,
                "has no single constructor whose parameters are all members of it: give it one, or name a formatter for it with "
                + "[PayloadFormatter]"));
            return null;
        }

        AddCautions(symbols, constructor);
        var atFault = _faults.Count;
        _faults.AddRange(RequiredMembers.Faults(type, symbols, constructor));
        var parsed = ParseMembers(symbols, constructor, IsUsable);
        if (parsed.Count == 0 && type.AllInterfaces.Any(candidate => candidate.SpecialType == SpecialType.System_Collections_IEnumerable))
        {
            _faults.Add(new ShapeFault(type, "is a collection that is not known: its items would be lost: name a formatter for it with [PayloadFormatter]"));
            return null;
        }

        if (_faults.Count == atFault && HiddenState.Fault(type, parsed.ConvertAll(member => member.Symbol), constructor, IsIgnored) is { } lost)
        {
            _faults.Add(new ShapeFault(type, lost));
            return null;
        }

        var known = _faults.Count;
        _faults.AddRange(HiddenMembers.Faults(type, symbols, IsUsable));
        var isTask = SymbolEqualityComparer.Default.Equals(type, _within);
        _faults.AddRange(LostMarks.Faults(type, parsed, _options.Format, isTask).Where(mark => !IsAtFault(mark.Symbol)).ToList());
        _faults.AddRange(KeyLayout.Faults(parsed));
        if (_faults.Count > known)
        {
            return null;
        }

        var members = parsed.ConvertAll(member => member.Model);
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

        // What is protected in a base can be used through the task itself, not through another type that has it.
        bool IsUsable(ISymbol symbol) => _compilation.IsSymbolAccessibleWithin(symbol, _within, type);

        bool IsIgnored(ISymbol symbol) => MemberFinder.IsIgnored(symbol, _options.Format);
    }

    /// <summary>Adds what is found wherever the type stands.</summary>
    private void AddOnce(ShapeFault fault)
    {
        if (!IsAtFault(fault.Symbol))
        {
            _faults.Add(fault);
        }
    }

    private bool IsAtFault(ISymbol symbol) =>
        _faults.Exists(fault => SymbolEqualityComparer.Default.Equals(fault.Symbol, symbol));

    private void AddCautions(List<ISymbol> symbols, IMethodSymbol constructor)
    {
        _cautions.Add(constructor);
        foreach (var symbol in symbols)
        {
            _cautions.Add(symbol);
            _cautions.AddNamed(MemberFinder.TypeOf(symbol));
            _cautions.AddFormatter(symbol.FindOnMember(null, WellKnownNames.FormatterAttribute));
        }
    }

    private List<(ISymbol Symbol, MemberModel Model)> ParseMembers(
        List<ISymbol> symbols, IMethodSymbol constructor, Func<ISymbol, bool> isUsable)
    {
        var bound = constructor.Parameters.ToDictionary(
            parameter => ConstructorBinder.Member(symbols, parameter)!,
            parameter => parameter,
            (IEqualityComparer<ISymbol>)SymbolEqualityComparer.Default);
        var parser = new MemberParser(
            ObjectTypes.IsPair(constructor.ContainingType) ? new WireOptions(_options.Format, WireNaming.Declared) : _options,
            Values,
            constructor,
            isUsable,
            _faults.Add);
        var members = new List<(ISymbol Symbol, MemberModel Model)>();
        foreach (var symbol in symbols)
        {
            bound.TryGetValue(symbol, out var parameter);
            if (parser.Parse(symbol, parameter) is { } member)
            {
                // Tuples and pairs of the framework are lists, in the order of their constructor.
                members.Add((symbol, ObjectTypes.IsPair(constructor.ContainingType)
                    ? member with { Index = parameter!.Ordinal }
                    : member));
            }
        }

        return members;
    }

    // To the compiler, what is local to a file is accessible everywhere.
    private bool IsAccessible(ISymbol symbol) =>
        symbol is not INamedTypeSymbol { IsFileLocal: true } && _compilation.IsSymbolAccessibleWithin(symbol, _within);

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

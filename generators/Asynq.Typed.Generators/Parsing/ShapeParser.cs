using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns a task and the objects in it into shapes, or says why that cannot be done.</summary>
internal sealed class ShapeParser
{
    private readonly Compilation _compilation;
    private readonly INamedTypeSymbol _task;
    private readonly CancellationToken _cancellation;
    private readonly ValueParser _values;
    private readonly Dictionary<ISymbol, ObjectModel> _objects = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ShapeModel> _shapes = [];
    private readonly List<ShapeFault> _faults = [];

    public ShapeParser(Compilation compilation, INamedTypeSymbol task, CancellationToken cancellation)
    {
        _compilation = compilation;
        _task = task;
        _cancellation = cancellation;
        _values = new ValueParser(ParseObject);
    }

    /// <summary>What stands against generating code for the task.</summary>
    public IReadOnlyList<ShapeFault> Faults => _faults;

    /// <summary>The objects found, in the order of their names.</summary>
    public EquatableArray<ShapeModel> Shapes =>
        _shapes.OrderBy(shape => shape.Name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The model of an object; <c>null</c> if a payload cannot hold one of its type.</summary>
    public ObjectModel? ParseObject(INamedTypeSymbol type)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_objects.TryGetValue(type, out var known))
        {
            return known;
        }

        if (!IsObject(type))
        {
            return null;
        }

        var model = new ObjectModel(TypeText.Of(type), UniqueName(type), type.IsReferenceType, IsNullable: false);
        _objects.Add(type, model);
        if (ParseShape(type, model) is { } shape)
        {
            _shapes.Add(shape);
        }

        return model;
    }

    private ShapeModel? ParseShape(INamedTypeSymbol type, ObjectModel model)
    {
        if (PartialShapes.Fault(type, _task) is { } incomplete)
        {
            _faults.Add(new ShapeFault(type, incomplete));
            return null;
        }

        var symbols = MemberFinder.Find(type);
        if (ConstructorBinder.Find(type, symbols, IsAccessible) is not { } constructor)
        {
            _faults.Add(new ShapeFault(type, "has no single constructor whose parameters are all members of it"));
            return null;
        }

        var bound = constructor.Parameters.ToDictionary(
            parameter => ConstructorBinder.Member(symbols, parameter)!,
            parameter => parameter,
            (IEqualityComparer<ISymbol>)SymbolEqualityComparer.Default);
        var members = new List<MemberModel>();
        foreach (var symbol in symbols)
        {
            bound.TryGetValue(symbol, out var parameter);
            if (ParseMember(symbol, parameter, constructor) is { } member)
            {
                members.Add(member);
            }
        }

        return new ShapeModel(
            model.CSharp,
            model.Name,
            IsOpen: type is { IsReferenceType: true, IsSealed: false },
            members.OrderBy(member => member.WireName, StringComparer.Ordinal).ToEquatableArray(),
            constructor.Parameters
                .Select(parameter => TypeText.Identifier(ConstructorBinder.Member(symbols, parameter)!.Name))
                .ToEquatableArray());
    }

    private MemberModel? ParseMember(ISymbol symbol, IParameterSymbol? parameter, IMethodSymbol constructor)
    {
        var isRequired = MemberFinder.IsRequired(symbol);
        var isSet = parameter is null || (isRequired && !SetsRequiredMembers(constructor));
        if (isSet && !IsSettable(symbol))
        {
            if (MemberFinder.HoldsValue(symbol))
            {
                _faults.Add(new ShapeFault(symbol,
                    "can neither be set nor is it a parameter of the constructor: its value would be lost"));
            }

            return null;
        }

        if (_values.Parse(MemberFinder.TypeOf(symbol)) is not { } type)
        {
            _faults.Add(new ShapeFault(symbol, "is of a type that a payload cannot hold"));
            return null;
        }

        var (absence, initial) = Absent(symbol, parameter, isRequired, constructor, type);
        return new MemberModel(TypeText.Identifier(symbol.Name), symbol.Name, type, absence, initial, isSet);
    }

    private static (Absence Absence, string Default) Absent(
        ISymbol symbol, IParameterSymbol? parameter, bool isRequired, IMethodSymbol constructor, ValueModel type)
    {
        var nothing = type.IsNullable ? "null" : type.IsReference ? "null!" : "default";
        if (parameter is { HasExplicitDefaultValue: true } && !isRequired)
        {
            return (Absence.Default, Literal.OfDefault(parameter));
        }

        if (parameter is not null || isRequired)
        {
            return (Absence.Refused, nothing);
        }

        if (HasInitializer(symbol) || !ConstructorBinder.RunsNoCode(constructor))
        {
            return (Absence.Initial, nothing);
        }

        // Nothing sets it: for a type that knows no null, that would be one.
        return type is { IsReference: true, IsNullable: false }
            ? (Absence.Refused, nothing)
            : (Absence.Default, nothing);
    }

    /// <summary>Whether the member has an initialiser. One in another assembly cannot be seen, so it may.</summary>
    private static bool HasInitializer(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Length == 0
        || symbol.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is
            PropertyDeclarationSyntax { Initializer: not null } or VariableDeclaratorSyntax { Initializer: not null });

    private static bool SetsRequiredMembers(IMethodSymbol constructor) =>
        constructor.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "SetsRequiredMembersAttribute");

    private bool IsSettable(ISymbol symbol) => symbol switch
    {
        IPropertySymbol property => property.SetMethod is { } setter && IsAccessible(setter),
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
    };

    private bool IsAccessible(ISymbol symbol) => _compilation.IsSymbolAccessibleWithin(symbol, _task);

    /// <summary>Whether the type is one that has a shape. Types of the framework that are not known by name have
    /// none: their public members say little of what is in them.</summary>
    private bool IsObject(INamedTypeSymbol type) =>
        type is
        {
            TypeKind: TypeKind.Class or TypeKind.Struct,
            SpecialType: SpecialType.None,
            IsAbstract: false,
            IsStatic: false,
            IsRefLikeType: false,
            IsTupleType: false,
            IsAnonymousType: false,
            IsUnboundGenericType: false,
        }
        && !IsOpenGeneric(type)
        && !IsOfFramework(type)
        && IsAccessible(type);

    private static bool IsOpenGeneric(INamedTypeSymbol type) =>
        type.TypeArguments.Any(argument =>
            argument.TypeKind == TypeKind.TypeParameter || argument is INamedTypeSymbol named && IsOpenGeneric(named))
        || (type.ContainingType is { } outer && IsOpenGeneric(outer));

    private static bool IsOfFramework(INamedTypeSymbol type)
    {
        var outermost = type.ContainingNamespace;
        while (outermost is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            outermost = outermost.ContainingNamespace;
        }

        return outermost.Name == "System";
    }

    private string UniqueName(INamedTypeSymbol type)
    {
        var arguments = string.Join("And", type.TypeArguments.Select(argument => argument.Name));
        var name = arguments.Length == 0 ? type.Name : $"{type.Name}Of{arguments}";
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
        {
            unique = name + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return unique;
    }
}

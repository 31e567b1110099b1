using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns classes that handle or aggregate tasks into models.</summary>
internal static class HandlerParser
{
    /// <summary>The model of a handler; <c>null</c> for a class that handles nothing, or cannot be made.</summary>
    public static HandlerModel? Parse(GeneratorSyntaxContext target, CancellationToken cancellation)
    {
        if (target.SemanticModel.GetDeclaredSymbol(target.Node, cancellation) is not INamedTypeSymbol type
            || type.IsAbstract
            || type.IsValueType
            || type.IsGenericType
            || !IsFirstDeclaration(type, target.Node, cancellation)
            || !Reach.CanName(type))
        {
            return null;
        }

        var compilation = target.SemanticModel.Compilation;
        var named = type.AllInterfaces.Where(candidate => Reach.Obstacle(type, candidate) is null).ToList();
        var handled = named.FindAll(candidate =>
            Is(candidate, WellKnownNames.HandleInterface, 1) || Is(candidate, WellKnownNames.HandleInterface, 2));
        var faults = new List<string>();
        var tasks = handled
            .Select(candidate => ParseTask(type, candidate, compilation, faults, cancellation))
            .OfType<HandledTaskModel>()
            .Distinct()
            .OrderBy(task => task.Type, StringComparer.Ordinal)
            .ThenBy(task => task.CSharp, StringComparer.Ordinal)
            .ThenBy(task => task.Result?.Type.Declaration, StringComparer.Ordinal)
            .ToEquatableArray();
        var groups = named
            .Where(candidate => Is(candidate, WellKnownNames.AggregateInterface, 2))
            .Select(ParseGroup)
            .OfType<AggregateModel>()
            .OrderBy(group => group.Type, StringComparer.Ordinal)
            .ThenBy(group => group.Batch, StringComparer.Ordinal)
            .ToEquatableArray();
        var periodic = handled
            .Select(candidate => candidate.TypeArguments[0])
            .OfType<INamedTypeSymbol>()
            .Where(task => !PeriodicTaskParser.IsRegisteredByItsAssembly(task, compilation))
            .SelectMany(task => PeriodicTaskParser.Parse(task, compilation.Assembly))
            .ToEquatableArray();
        return tasks.Count + groups.Count + faults.Count == 0
            ? null
            : new HandlerModel(
                TypeText.Of(type),
                tasks,
                groups,
                faults.OrderBy(fault => fault, StringComparer.Ordinal).ToEquatableArray(),
                periodic,
                CautionsOf(type, tasks));
    }

    /// <summary>What there is to know of the assembly.</summary>
    public static AssemblyModel ParseAssembly(Compilation compilation) => new(
        compilation.AssemblyName ?? "",
        compilation.GetTypeByMetadataName(WellKnownNames.HandlerModule) is not null);

    private static CautionModel CautionsOf(INamedTypeSymbol type, EquatableArray<HandledTaskModel> tasks)
    {
        var own = new Cautions();
        own.Add(type);
        foreach (var argument in type.AllInterfaces.SelectMany(candidate => candidate.TypeArguments))
        {
            own.AddNamed(argument);
        }

        return Cautions.Join(tasks.Select(task => task.Result?.Cautions).OfType<CautionModel>().Append(own.Model));
    }

    private static HandledTaskModel? ParseTask(
        INamedTypeSymbol handler,
        INamedTypeSymbol handled,
        Compilation compilation,
        List<string> faults,
        CancellationToken cancellation)
    {
        var task = handled.TypeArguments[0];
        if (task.Find(WellKnownNames.TaskAttribute) is not { } attribute || TypeName(task) is not { } name)
        {
            return null;
        }

        if (handled.TypeArguments.Length == 2
            && TaskParser.Result(attribute) is { } declared
            && ResultDifference(declared, handled.TypeArguments[1], compilation) is { } remedy)
        {
            faults.Add($"{Plain(handler)} cannot be registered: it returns '{Plain(handled.TypeArguments[1])}', "
                + $"but task '{name}' says that its result is '{Plain(declared)}'{remedy}");
            return null;
        }

        if (handled.TypeArguments.Length == 1)
        {
            return new HandledTaskModel(TypeText.Of(task), task.Name, name, Result: null);
        }

        var type = handled.TypeArguments[1];
        var options = TaskParser.ParseOptions(attribute);
        var shapes = new ShapeParser(compilation, compilation.Assembly, options, cancellation);
        var value = shapes.ParseValue(type);
        if (ResultFault(value, options.Format, shapes.Faults) is not { } fault)
        {
            var result = new ResultModel(value!, options.Format, shapes.Shapes, shapes.Unions, shapes.Cautions);
            return new HandledTaskModel(TypeText.Of(task), task.Name, name, result);
        }

        // A type that the compiler does not know is its to name.
        if (type.TypeKind != TypeKind.Error)
        {
            faults.Add($"{Plain(handler)} cannot be registered: its result of type '{Plain(type)}' {fault}");
        }

        return null;
    }

    /// <summary>What to do where a handler returns something else than its task says; <c>null</c> where it does not.</summary>
    private static string? ResultDifference(ITypeSymbol declared, ITypeSymbol returned, Compilation compilation)
    {
        // Tuples that differ in the names of their items are one.
        if (!compilation.ClassifyCommonConversion(returned, declared).IsIdentity)
        {
            return "";
        }

        // typeof() cannot name a reference that may be null: the result is read as one that is not.
        return ReturnsNull(declared.WithNullableAnnotation(NullableAnnotation.NotAnnotated), returned)
            ? ", of which none is null: return an empty one instead, or hold it in a type with a member that may be null"
            : null;
    }

    /// <summary>Whether null can be in what is returned where what is read knows none.</summary>
    private static bool ReturnsNull(ITypeSymbol declared, ITypeSymbol returned) =>
        (declared.IsReferenceType
            && declared.NullableAnnotation == NullableAnnotation.NotAnnotated
            && returned.NullableAnnotation == NullableAnnotation.Annotated)
        || (declared, returned) switch
        {
            (IArrayTypeSymbol left, IArrayTypeSymbol right) => ReturnsNull(left.ElementType, right.ElementType),
            (INamedTypeSymbol left, INamedTypeSymbol right) =>
                left.TypeArguments.Zip(right.TypeArguments, ReturnsNull).Any(isNull => isNull),
            _ => false,
        };

    /// <summary>What is wrong with a result; <c>null</c> if it can be written.</summary>
    private static string? ResultFault(ValueModel? value, WireFormat format, IReadOnlyList<ShapeFault> faults)
    {
        if (faults.Count > 0)
        {
            return $"cannot be written, for '{faults[0].Symbol.ToDisplayString()}' {faults[0].Reason}";
        }

        return (value, format) switch
        {
            (null, _) => "is of a type that a payload cannot hold: return one of its own, or name a formatter for it with "
                + "[PayloadFormatter]",
            (not ScalarModel { Name: "Bytes" or "Memory", IsNullable: false }, WireFormat.Raw) =>
                "is not of bytes, as the task's format Raw asks for",
            _ => null,
        };
    }

    private static string Plain(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);

    private static AggregateModel? ParseGroup(INamedTypeSymbol aggregate) =>
        TypeName(aggregate.TypeArguments[0]) is { } name && TypeName(aggregate.TypeArguments[1]) is not null
            ? new AggregateModel(TypeText.Of(aggregate.TypeArguments[0]), name, TypeText.Of(aggregate.TypeArguments[1]))
            : null;

    private static string? TypeName(ITypeSymbol task) =>
        task.Find(WellKnownNames.TaskAttribute)?.Argument() is string name && !string.IsNullOrWhiteSpace(name) ? name : null;

    private static bool Is(INamedTypeSymbol type, string name, int arguments) =>
        type.Name == name
        && type.TypeArguments.Length == arguments
        && type.ContainingNamespace.ToDisplayString() == WellKnownNames.Namespace;

    /// <summary>Whether this is the declaration, of several partial ones, by which the class is found.</summary>
    private static bool IsFirstDeclaration(INamedTypeSymbol type, SyntaxNode node, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .FirstOrDefault(declaration => declaration is TypeDeclarationSyntax { BaseList: not null }) == node;
}

using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns a type that is marked as a task into a model.</summary>
internal static class TaskParser
{
    private const string Holder = "AsynqPayload";

    /// <summary>The model of a task; <c>null</c> if nothing can be generated for it.</summary>
    public static TaskModel? Parse(GeneratorAttributeSyntaxContext target, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)target.TargetSymbol;
        return IsFirst(type, target.Attributes[0]) && IsFirstOfItsName(type)
            ? Parse(target.SemanticModel.Compilation, type, target.Attributes[0], cancellation).Task
            : null;
    }

    /// <summary>The model of a task, or what stands against it.</summary>
    public static (TaskModel? Task, IReadOnlyList<ShapeFault> Faults) Parse(
        Compilation compilation, INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        if (DeclarationFault(type) is { } fault)
        {
            return (null, [new ShapeFault(type, fault)]);
        }

        if (ParseDescriptor(attribute) is not { } descriptor)
        {
            return (null, [new ShapeFault(type, "has a task type that is blank: give it a name")]);
        }

        if (UnionCases.Find(type).Count > 0)
        {
            return (null, [new ShapeFault(type, "is a union: make it a member of the task instead")]);
        }

        var options = ParseOptions(attribute);
        var shapes = new ShapeParser(compilation, type, options, cancellation);
        var root = shapes.ParseObject(type);
        if (root is null || shapes.Faults.Count > 0)
        {
            return (null, shapes.Faults);
        }

        if (options.Format == WireFormat.Raw && !IsRaw(shapes.Shapes.First(shape => shape.Name == root.Name)))
        {
            return (null, [new ShapeFault(type, "has the format Raw, which is written as it is: give it one member, of bytes")]);
        }

        ValueModel? result = null;
        if (Result(attribute) is { } resultType)
        {
            result = ObjectTypes.IsUnbound(resultType)
                ? null
                : shapes.ParseValue(resultType.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
            if (shapes.Faults.Count > 0)
            {
                return (null, shapes.Faults);
            }

            if (result is null || (options.Format == WireFormat.Raw && !IsBytes(result)))
            {
                return (null, [new ShapeFault(
                    type,
                    $"has a result of type '{resultType.ToDisplayString()}', which its format cannot hold: name a type that a payload "
                    + "of its format can be, or take the result away")]);
            }
        }

        return (Model(type, descriptor, root, options.Format, shapes, result), []);
    }

    /// <summary>What a task's attribute says of its result.</summary>
    public static ITypeSymbol? Result(AttributeData attribute) => attribute.Setting("Result") as ITypeSymbol;

    /// <summary>Whether an attribute is the first of its kind on a type. A second one is the compiler's to refuse: two files of
    /// one name would end the generator, and with it every other task.</summary>
    private static bool IsFirst(INamedTypeSymbol type, AttributeData attribute) =>
        type.Find(WellKnownNames.TaskAttribute)?.ApplicationSyntaxReference is not { } first
        || (first.SyntaxTree == attribute.ApplicationSyntaxReference?.SyntaxTree
            && first.Span == attribute.ApplicationSyntaxReference.Span);

    /// <summary>Whether no other type of its name comes before it. A record and a struct of one name are the compiler's to refuse,
    /// too, and would have files of one name.</summary>
    private static bool IsFirstOfItsName(INamedTypeSymbol type)
    {
        for (var level = type; level is not null; level = level.ContainingType)
        {
            var around = (INamespaceOrTypeSymbol?)level.ContainingType ?? level.ContainingNamespace;
            var first = around.GetTypeMembers(level.Name, level.Arity).FirstOrDefault(other => !other.IsFileLocal);
            if (first is not null && !SymbolEqualityComparer.Default.Equals(first, level))
            {
                return false;
            }
        }

        return true;
    }

    private static TaskModel Model(
        INamedTypeSymbol type,
        DescriptorModel descriptor,
        ObjectModel root,
        WireFormat format,
        ShapeParser shapes,
        ValueModel? result)
    {
        var containers = new List<string>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, TypeText.Declaration(outer));
        }

        var holder = Holder;
        while (type.Name == holder || MemberFinder.Levels(type).Any(level => level.GetMembers(holder).Length > 0))
        {
            holder += "_";
        }

        return new TaskModel(
            TypeText.MetadataName(type),
            TypeText.Namespace(type),
            containers.ToEquatableArray(),
            TypeText.Declaration(type),
            TypeText.Of(type),
            holder,
            descriptor,
            root,
            format,
            shapes.Shapes,
            shapes.Unions,
            result,
            shapes.Cautions);
    }

    /// <summary>What a task's attribute says of its payload.</summary>
    public static WireOptions ParseOptions(AttributeData attribute) => new(
        attribute.Setting("Format") is int format ? (WireFormat)format : WireFormat.MessagePack,
        attribute.Setting("Naming") is int naming ? (WireNaming)naming : WireNaming.Declared);

    private static bool IsRaw(ShapeModel shape) =>
        shape.Members.Count == 1 && IsBytes(shape.Members[0].Type);

    private static bool IsBytes(ValueModel value) => value is ScalarModel { Name: "Bytes" or "Memory", IsNullable: false };

    private static DescriptorModel? ParseDescriptor(AttributeData attribute)
    {
        if (attribute.Argument() is not string name || string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        return new DescriptorModel(
            name,
            attribute.Setting("Queue") as string,
            attribute.Setting("MaxRetry") as int?,
            attribute.Setting("TimeoutSeconds") as int?,
            attribute.Setting("RetentionSeconds") as int?,
            attribute.Setting("UniqueForSeconds") as int?);
    }

    /// <summary>What keeps the type from being completed as a task; <c>null</c> if nothing does.</summary>
    public static string? DeclarationFault(INamedTypeSymbol type)
    {
        for (var level = type; level is not null; level = level.ContainingType)
        {
            if (level.IsGenericType)
            {
                return "is generic, or nested in a generic type: a task has one type";
            }

            if (level.IsFileLocal)
            {
                return "is local to its file: the generated part stands in another one";
            }

            if (level.DeclaringSyntaxReferences.Any(reference =>
                reference.GetSyntax() is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                return "is not partial, or nested in a type that is not";
            }
        }

        return type switch
        {
            { IsAbstract: true } or { IsStatic: true } => "is abstract or static: there is no value of it",
            { IsRefLikeType: true } => "is a ref struct, which cannot be kept",
            _ => null,
        };
    }
}

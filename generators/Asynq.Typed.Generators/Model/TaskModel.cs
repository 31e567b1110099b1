namespace Asynq.Typed.Generators.Model;

/// <summary>A task: all that its file says.</summary>
/// <param name="FullName">The type's full name, as the base of the file's name.</param>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Containers">The declarations of the types around it, outermost first, such as <c>class Outer</c>.</param>
/// <param name="Declaration">Its own declaration, such as <c>record struct Order</c>.</param>
/// <param name="CSharp">The type as it is written in code.</param>
/// <param name="Holder">The name of the nested class that holds descriptor and shapes.</param>
/// <param name="Descriptor">Its name on the wire and its defaults.</param>
/// <param name="Root">The type of the payload.</param>
/// <param name="Format">How the payload is written.</param>
/// <param name="Shapes">The objects in it.</param>
/// <param name="Unions">The unions in it.</param>
/// <param name="Result">What its handler returns; <c>null</c> where it is not said.</param>
/// <param name="Cautions">What the compiler warns of in what the code uses.</param>
internal sealed record TaskModel(
    string FullName,
    string Namespace,
    EquatableArray<string> Containers,
    string Declaration,
    string CSharp,
    string Holder,
    DescriptorModel Descriptor,
    ObjectModel Root,
    WireFormat Format,
    EquatableArray<ShapeModel> Shapes,
    EquatableArray<UnionModel> Unions,
    ValueModel? Result,
    CautionModel Cautions)
{
    /// <summary>The shape of the task itself.</summary>
    public ShapeModel RootShape => Shapes.First(shape => shape.Name == Root.Name);
}

/// <summary>What a task's attribute says; null where it says nothing.</summary>
internal sealed record DescriptorModel(
    string Type, string? Queue, int? MaxRetry, int? TimeoutSeconds, int? RetentionSeconds, int? UniqueForSeconds);

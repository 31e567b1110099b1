namespace Asynq.Typed;

/// <summary>
/// Names what writes and reads a member, or every member of the marked type: a type that implements
/// <see cref="IPayloadFormatter{T}"/>, and for tasks in JSON <see cref="IJsonPayloadFormatter{T}"/>.
/// </summary>
/// <param name="formatter">The type of the formatter. Nothing is ever made of it: its members are static.</param>
[AttributeUsage(
    AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter
    | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Enum,
    Inherited = false)]
public sealed class PayloadFormatterAttribute(Type formatter) : Attribute
{
    /// <summary>The type of the formatter.</summary>
    public Type Formatter { get; } = formatter;
}

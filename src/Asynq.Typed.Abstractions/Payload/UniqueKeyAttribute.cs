namespace Asynq.Typed;

/// <summary>
/// Marks a member that tells two tasks of a type apart when one of them is to be unique: tasks whose marked members are equal
/// are one task, whatever the others hold. Where no member is marked, all of them count.
/// </summary>
/// <remarks>Two processes agree on a key only where their task types mark the same members.</remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class UniqueKeyAttribute : Attribute;

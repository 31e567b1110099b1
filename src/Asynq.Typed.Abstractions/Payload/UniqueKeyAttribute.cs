namespace Asynq.Typed;

/// <summary>
/// Marks a member that tells two tasks of a type apart when one of them is to be unique: tasks whose marked members are written
/// alike are one task, whatever the others hold. Where no member is marked, all of them count.
/// </summary>
/// <remarks>
/// <para>Two processes agree on a key only where their task types mark the same members.</para>
/// <para>Some values are equal and written differently, and so make two keys: decimals of another scale (<c>36m</c> and
/// <c>36.00m</c>), 0.0 and -0.0, one moment with two offsets, and sets, and in MessagePack dictionaries, that were filled in
/// another order.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class UniqueKeyAttribute : Attribute;

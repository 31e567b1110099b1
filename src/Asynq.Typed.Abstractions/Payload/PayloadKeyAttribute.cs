namespace Asynq.Typed;

/// <summary>
/// Pins a member's key in a payload, so that the member can be renamed. Give all members of a type a number to write it
/// as an array; a number must never get another meaning.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class PayloadKeyAttribute : Attribute
{
    /// <summary>Pins the member's name.</summary>
    /// <param name="name">The key in the map. Not empty.</param>
    public PayloadKeyAttribute(string name) => Name = name;

    /// <summary>Pins the member's place in an array.</summary>
    /// <param name="index">The place, from 0 to 1023.</param>
    public PayloadKeyAttribute(int index) => Index = index;

    /// <summary>The key in the map; <c>null</c> where the member has a place in an array.</summary>
    public string? Name { get; }

    /// <summary>The place in the array; 0 where the member has a name.</summary>
    public int Index { get; }
}

namespace Asynq.Typed;

/// <summary>
/// Names one of the types that a member of the marked class or interface can hold. A payload has a list of two: the key
/// and the value. A value of a type that is not named is refused.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class PayloadUnionAttribute : Attribute
{
    /// <summary>Names a type by a number.</summary>
    /// <param name="key">The key on the wire. It must never get another meaning.</param>
    /// <param name="type">The type: not abstract, and of the marked one.</param>
    public PayloadUnionAttribute(int key, Type type)
    {
        Key = key;
        Type = type;
    }

    /// <summary>Names a type by a word.</summary>
    /// <param name="name">The key on the wire. It must never get another meaning.</param>
    /// <param name="type">The type: not abstract, and of the marked one.</param>
    public PayloadUnionAttribute(string name, Type type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>The key on the wire; 0 where it is a word.</summary>
    public int Key { get; }

    /// <summary>The key on the wire; <c>null</c> where it is a number.</summary>
    public string? Name { get; }

    /// <summary>The type that the key stands for.</summary>
    public Type Type { get; }
}

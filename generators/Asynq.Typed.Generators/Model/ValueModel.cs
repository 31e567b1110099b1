namespace Asynq.Typed.Generators.Model;

/// <summary>The type of a member, an item or a key.</summary>
/// <param name="CSharp">The type as it is written in code, without the question mark of a nullable one.</param>
/// <param name="Name">What the type is called in the names of methods.</param>
/// <param name="IsReference">Whether it is a reference type.</param>
/// <param name="IsNullable">Whether null is one of its values.</param>
internal abstract record ValueModel(string CSharp, string Name, bool IsReference, bool IsNullable)
{
    /// <summary>The type as it is written in code.</summary>
    public string Declaration => IsNullable ? CSharp + "?" : CSharp;
}

/// <summary>A type that reader and writer know by themselves.</summary>
/// <param name="Read">The reader's method.</param>
internal sealed record ScalarModel(string CSharp, string Name, bool IsReference, bool IsNullable, string Read)
    : ValueModel(CSharp, Name, IsReference, IsNullable);

/// <summary>An enum, written as its number.</summary>
/// <param name="Underlying">The keyword of the underlying type.</param>
/// <param name="Read">The reader's method for the underlying type.</param>
internal sealed record EnumModel(string CSharp, string Name, bool IsNullable, string Underlying, string Read)
    : ValueModel(CSharp, Name, IsReference: false, IsNullable);

/// <summary>A list of any kind.</summary>
internal sealed record ListModel(
    string CSharp, string Name, bool IsReference, bool IsNullable, ValueModel Item, CollectionForm Form)
    : ValueModel(CSharp, Name, IsReference, IsNullable);

/// <summary>A dictionary of any kind.</summary>
internal sealed record DictionaryModel(
    string CSharp, string Name, bool IsNullable, ValueModel Key, ValueModel Value, CollectionForm Form)
    : ValueModel(CSharp, Name, IsReference: true, IsNullable);

/// <summary>An object with members, or a union of such; its shape is the one of that name.</summary>
internal sealed record ObjectModel(string CSharp, string Name, bool IsReference, bool IsNullable)
    : ValueModel(CSharp, Name, IsReference, IsNullable);

/// <summary>A type that a formatter of the user's writes and reads.</summary>
/// <param name="Formatter">The formatter as it is written in code.</param>
/// <param name="KnowsNull">Whether the formatter is one of references that may be null; it is never given one.</param>
internal sealed record FormattedModel(
    string CSharp, string Name, bool IsReference, bool IsNullable, string Formatter, bool KnowsNull)
    : ValueModel(CSharp, Name, IsReference, IsNullable)
{
    /// <summary>The formatter and what it is for, as arguments of a generic method.</summary>
    public string Arguments => KnowsNull ? $"{Formatter}, {CSharp}?" : $"{Formatter}, {CSharp}";
}

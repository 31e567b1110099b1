namespace Asynq.Typed.Generators.Model;

/// <summary>An object with members: a task or a type that is nested in one.</summary>
/// <param name="CSharp">The type as it is written in code.</param>
/// <param name="Name">What it is called in the names of methods.</param>
/// <param name="IsOpen">Whether a value can be of a derived type.</param>
/// <param name="IsList">Whether it is written as a list, by the numbers of its members.</param>
/// <param name="IsTuple">Whether it is made by a tuple literal, not by a constructor.</param>
/// <param name="Members">Its members, in the order in which they are written.</param>
/// <param name="Parameters">The members that its constructor takes, in the constructor's order.</param>
internal sealed record ShapeModel(
    string CSharp,
    string Name,
    bool IsOpen,
    bool IsList,
    bool IsTuple,
    EquatableArray<MemberModel> Members,
    EquatableArray<string> Parameters);

/// <summary>A type whose value is one of several objects.</summary>
/// <param name="CSharp">The type as it is written in code.</param>
/// <param name="Name">What it is called in the names of methods.</param>
/// <param name="HasWords">Whether the keys are words, not numbers.</param>
/// <param name="Cases">The types that it can hold, derived ones before their bases.</param>
internal sealed record UnionModel(string CSharp, string Name, bool HasWords, EquatableArray<UnionCaseModel> Cases);

/// <summary>One of the types of a union.</summary>
/// <param name="Key">Its key as it is written in code.</param>
/// <param name="Type">The type.</param>
internal sealed record UnionCaseModel(string Key, ObjectModel Type);

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="WireName">Its key on the wire; for one in a list, its name in errors.</param>
/// <param name="Index">Its place in a list; -1 for one that has a name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Absence">What stands for it where the payload lacks it.</param>
/// <param name="Default">The default as it is written in code, where the absence is <see cref="Absence.Default"/>.</param>
/// <param name="IsSet">Whether it is set in the object's initializer.</param>
/// <param name="Omission">When it is left out.</param>
/// <param name="IsUniqueKey">Whether it is marked as what tells tasks apart.</param>
internal sealed record MemberModel(
    string Name,
    string WireName,
    int Index,
    ValueModel Type,
    Absence Absence,
    string Default,
    bool IsSet,
    Omission Omission,
    bool IsUniqueKey = false);

/// <summary>What becomes of a member that a payload lacks.</summary>
internal enum Absence
{
    /// <summary>It must be there.</summary>
    Refused,

    /// <summary>It has a value that is known while compiling: that of a parameter, or the type's.</summary>
    Default,

    /// <summary>It has the value that its initialiser, or the constructor, leaves in it.</summary>
    Initial,
}

/// <summary>When a member is left out of a payload.</summary>
internal enum Omission
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Where it is null.</summary>
    Null,

    /// <summary>Where Go's <c>omitempty</c> leaves it out: null, zero, false, an empty string or collection.</summary>
    Empty,
}

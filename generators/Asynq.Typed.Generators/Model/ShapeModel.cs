namespace Asynq.Typed.Generators.Model;

/// <summary>An object with members: a task or a type that is nested in one.</summary>
/// <param name="CSharp">The type as it is written in code.</param>
/// <param name="Name">What it is called in the names of methods.</param>
/// <param name="IsOpen">Whether a value can be of a derived type.</param>
/// <param name="Members">Its members, in the order in which they are written.</param>
/// <param name="Parameters">The members that its constructor takes, in the constructor's order.</param>
internal sealed record ShapeModel(
    string CSharp,
    string Name,
    bool IsOpen,
    EquatableArray<MemberModel> Members,
    EquatableArray<string> Parameters);

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="WireName">Its key on the wire.</param>
/// <param name="Type">Its type.</param>
/// <param name="Absence">What stands for it where the payload lacks it.</param>
/// <param name="Default">The default as it is written in code, where the absence is <see cref="Absence.Default"/>.</param>
/// <param name="IsSet">Whether it is set in the object's initializer.</param>
internal sealed record MemberModel(
    string Name, string WireName, ValueModel Type, Absence Absence, string Default, bool IsSet);

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

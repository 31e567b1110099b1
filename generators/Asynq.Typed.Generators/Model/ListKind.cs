namespace Asynq.Typed.Generators.Model;

/// <summary>How a list is made and walked.</summary>
internal enum ListKind
{
    /// <summary>An array.</summary>
    Array,

    /// <summary><c>List&lt;T&gt;</c>, or another class with a constructor, <c>Add</c> and <c>Count</c>.</summary>
    Class,

    /// <summary>An interface with an index, for which a list is made.</summary>
    IndexedInterface,

    /// <summary>An interface without an index, for which a list is made.</summary>
    Interface,

    /// <summary>An interface of a set, for which a hash set is made.</summary>
    SetInterface,

    /// <summary><c>IEnumerable&lt;T&gt;</c>: counted before it is written.</summary>
    Sequence,
}

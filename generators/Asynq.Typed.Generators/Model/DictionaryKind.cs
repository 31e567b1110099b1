namespace Asynq.Typed.Generators.Model;

/// <summary>How a dictionary is made.</summary>
internal enum DictionaryKind
{
    /// <summary>A class with a constructor and an indexer.</summary>
    Class,

    /// <summary>An interface, for which a dictionary is made.</summary>
    Interface,
}

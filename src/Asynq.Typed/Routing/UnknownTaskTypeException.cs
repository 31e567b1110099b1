namespace Asynq.Typed;

/// <summary>A task was taken from a queue whose type this server has no handler for.</summary>
public sealed class UnknownTaskTypeException : Exception
{
    internal UnknownTaskTypeException(string type, IReadOnlyCollection<string> knownTypes)
        : base($"No handler for task type '{type}': this server handles "
            + (knownTypes.Count == 0 ? "none" : string.Join(", ", knownTypes)) + ".")
    {
        Type = type;
        KnownTypes = knownTypes;
    }

    /// <summary>The task's type name on the wire.</summary>
    public string Type { get; }

    /// <summary>The types that this server handles.</summary>
    public IReadOnlyCollection<string> KnownTypes { get; }
}

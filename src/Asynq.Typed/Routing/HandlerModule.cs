namespace Asynq.Typed;

/// <summary>
/// The handlers of one assembly, as the source generator compiles them. A server is given one module for each assembly
/// that has handlers; their order does not matter.
/// </summary>
public abstract class HandlerModule
{
    /// <summary>The tasks that this module handles.</summary>
    public abstract IReadOnlyList<TaskDescriptor> Tasks { get; }

    /// <summary>The aggregators of this module. Default: none.</summary>
    public virtual IReadOnlyList<GroupAggregator> Aggregators => [];

    /// <summary>Starts the handler for the type of <paramref name="context"/>.</summary>
    /// <param name="context">The attempt. Handlers are resolved from its services.</param>
    /// <param name="running">The running handler; <c>null</c> where this module has none for the type.</param>
    /// <param name="cancellationToken">Passed on to the handler.</param>
    /// <returns>Whether this module handles the type.</returns>
    /// <exception cref="UnreadableTaskException">The payload is not one of the type.</exception>
    public abstract bool TryDispatch(
        TaskContext context,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Task? running,
        CancellationToken cancellationToken);
}

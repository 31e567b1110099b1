namespace Asynq.Typed.Routing;

/// <summary>Sends each task to the module that handles its type.</summary>
internal sealed class TaskRouter
{
    private readonly Dictionary<string, HandlerModule> _modules = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">Two modules handle the same type.</exception>
    internal TaskRouter(IEnumerable<HandlerModule> modules)
    {
        foreach (var module in modules.Distinct())
        {
            foreach (var task in module.Tasks)
            {
                Add(task.Type, module);
            }
        }

        KnownTypes = [.. _modules.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The types that have a handler, in order.</summary>
    internal IReadOnlyList<string> KnownTypes { get; }

    /// <summary>Starts the handler.</summary>
    /// <exception cref="UnknownTaskTypeException">The type has no handler.</exception>
    /// <exception cref="UnreadableTaskException">The payload is not one of the type.</exception>
    internal Task DispatchAsync(TaskContext context, CancellationToken cancellationToken) =>
        _modules.TryGetValue(context.Type, out var module)
        && module.TryDispatch(context, out var running, cancellationToken)
            ? running
            : throw new UnknownTaskTypeException(context.Type, KnownTypes);

    private void Add(string type, HandlerModule module)
    {
        if (!_modules.TryAdd(type, module))
        {
            throw new InvalidOperationException(
                $"Task type '{type}' has handlers in two assemblies: {_modules[type].GetType().FullName} and "
                + $"{module.GetType().FullName}. Keep one of them.");
        }
    }
}

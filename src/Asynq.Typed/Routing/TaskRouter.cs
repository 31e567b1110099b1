namespace Asynq.Typed.Routing;

/// <summary>
/// Sends each task through the middleware to its handler: that of its type in a module, else the one with the longest pattern
/// that fits in any mux, else the one of what is not found.
/// </summary>
internal sealed class TaskRouter
{
    private readonly Dictionary<string, HandlerModule> _types = new(StringComparer.Ordinal);
    private readonly HandlerModule[] _modules;
    private readonly Dictionary<string, GroupAggregator> _aggregators = new(StringComparer.Ordinal);
    private readonly TaskMux _mux;
    private readonly RawHandler _pipeline;

    /// <exception cref="InvalidOperationException">
    /// Two modules handle or aggregate the same type, or two muxes the same pattern or what is not found.
    /// </exception>
    internal TaskRouter(
        IEnumerable<HandlerModule> modules, IEnumerable<TaskMux> muxes, IEnumerable<Middleware> middleware)
    {
        _modules = [.. modules.Distinct()];
        foreach (var module in _modules)
        {
            foreach (var task in module.Tasks)
            {
                Add(task.Type, module);
            }

            foreach (var aggregator in module.Aggregators)
            {
                Add(aggregator);
            }
        }

        _mux = TaskMux.Merge([.. muxes.Distinct()]);
        KnownTypes =
        [
            .. _types.Keys.Order(StringComparer.Ordinal),
            .. _mux.Patterns.Select(pattern => $"{pattern}*"),
            .. _mux.NotFound is null ? Array.Empty<string>() : ["*"],
        ];
        _pipeline = middleware.Reverse().Aggregate((RawHandler)RouteAsync, Around);
    }

    /// <summary>What has a handler: types, then patterns, which end in <c>*</c>.</summary>
    internal IReadOnlyList<string> KnownTypes { get; }

    /// <summary>The aggregators of all modules, by the type of the tasks that they aggregate.</summary>
    internal IReadOnlyDictionary<string, GroupAggregator> Aggregators => _aggregators;

    /// <summary>Starts the handler, through the middleware.</summary>
    /// <exception cref="UnknownTaskTypeException">The type has no handler.</exception>
    /// <exception cref="UnreadableTaskException">The payload is not one of the type.</exception>
    internal Task DispatchAsync(TaskContext context, CancellationToken cancellationToken) =>
        _pipeline(context, cancellationToken);

    private static RawHandler Around(RawHandler next, Middleware middleware) =>
        (context, cancellationToken) => middleware.InvokeAsync(context, next, cancellationToken);

    private Task RouteAsync(TaskContext context, CancellationToken cancellationToken)
    {
        // Each has a switch of its own. To look its type up in a table first would cost more than to ask one or two in vain.
        foreach (var module in _modules)
        {
            if (module.TryDispatch(context, out var running, cancellationToken))
            {
                return running;
            }
        }

        return _mux.Find(context.Type) is { } handler
            ? handler(context, cancellationToken)
            : throw new UnknownTaskTypeException(context.Type, KnownTypes);
    }

    private void Add(GroupAggregator aggregator)
    {
        var type = aggregator.Task.Type;
        if (!_aggregators.TryAdd(type, aggregator))
        {
            throw new InvalidOperationException(
                $"Task type '{type}' has aggregators in two assemblies: one makes '{_aggregators[type].Batch.Type}', the other "
                + $"'{aggregator.Batch.Type}'. Keep one of them.");
        }
    }

    private void Add(string type, HandlerModule module)
    {
        if (!_types.TryAdd(type, module))
        {
            throw new InvalidOperationException(
                $"Task type '{type}' has handlers in two assemblies: {_types[type].GetType().FullName} and "
                + $"{module.GetType().FullName}. Keep one of them.");
        }
    }
}

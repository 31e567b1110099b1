namespace Asynq.Typed;

/// <summary>
/// Sends tasks to untyped handlers by patterns: a pattern is a prefix of type names, and the longest that fits wins. Set up
/// before it is added to a server; not to be changed afterwards. Several that are added to a server are as one.
/// </summary>
public sealed class TaskMux
{
    private readonly Dictionary<string, RawHandler> _handlers = new(StringComparer.Ordinal);

    /// <summary>Handles types that no pattern fits. Default: <c>null</c>, they are not known to the mux.</summary>
    public RawHandler? NotFound { get; set; }

    /// <summary>The patterns, in order.</summary>
    internal IEnumerable<string> Patterns => _handlers.Keys.Order(StringComparer.Ordinal);

    /// <summary>Handles the types that start with <paramref name="pattern"/>.</summary>
    /// <param name="pattern">Such as <c>email:</c> or <c>email:welcome</c>. Not blank.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentException">The pattern is blank, or has a handler.</exception>
    public TaskMux Handle(string pattern, RawHandler handler)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentNullException.ThrowIfNull(handler);
        return _handlers.TryAdd(pattern, handler)
            ? this
            : throw new ArgumentException($"The pattern '{pattern}' has a handler: keep one of the two.", nameof(pattern));
    }

    /// <summary>All of several muxes in one.</summary>
    /// <exception cref="InvalidOperationException">Two have the same pattern, or two handle what is not found.</exception>
    internal static TaskMux Merge(IReadOnlyList<TaskMux> muxes)
    {
        var all = new TaskMux();
        foreach (var (pattern, handler) in muxes.SelectMany(mux => mux._handlers))
        {
            if (!all._handlers.TryAdd(pattern, handler))
            {
                throw new InvalidOperationException(
                    $"The pattern '{pattern}' has handlers in two of the muxes that were added to the server: keep one of them.");
            }
        }

        foreach (var mux in muxes.Where(mux => mux.NotFound is not null))
        {
            all.NotFound = all.NotFound is null
                ? mux.NotFound
                : throw new InvalidOperationException(
                    $"Two of the muxes that were added to the server have a {nameof(NotFound)} handler: keep one of them.");
        }

        return all;
    }

    /// <summary>The handler of a type; <c>null</c> where there is none.</summary>
    internal RawHandler? Find(string type)
    {
        for (var length = type.Length; length > 0; length--)
        {
            if (_handlers.TryGetValue(type[..length], out var handler))
            {
                return handler;
            }
        }

        return NotFound;
    }
}

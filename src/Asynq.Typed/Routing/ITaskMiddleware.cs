namespace Asynq.Typed;

/// <summary>
/// Stands around the handlers of all types. Resolved from the attempt's scope. Added by <c>UseMiddleware</c>: the first that is
/// added is the outermost.
/// </summary>
public interface ITaskMiddleware
{
    /// <summary>Handles an attempt, usually by calling <paramref name="inner"/> once.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="inner">The next middleware, or the handler.</param>
    /// <param name="cancellationToken">To be passed on.</param>
    Task InvokeAsync(TaskContext context, RawHandler inner, CancellationToken cancellationToken);
}

namespace Asynq.Typed;

/// <summary>
/// Handles tasks of one type. Resolved from a service scope of its own for each attempt, so its constructor can ask
/// for scoped services. Found at build time: no registration by hand, no assembly scanning.
/// </summary>
/// <typeparam name="TTask">The payload type, marked with <see cref="AsynqTaskAttribute"/>.</typeparam>
public interface IHandle<in TTask>
    where TTask : IAsynqTask<TTask>
{
    /// <summary>
    /// Runs one attempt. Returning normally finishes the task; an exception sends it to retry, or to the archive once
    /// its retries are spent. <see cref="DeferTaskException"/>, <see cref="SkipRetryException"/> and
    /// <see cref="RevokeTaskException"/> say otherwise.
    /// </summary>
    /// <param name="task">The payload.</param>
    /// <param name="context">The attempt: ids, counts, headers, the writer of the result.</param>
    /// <param name="cancellationToken">Cancelled when the attempt's deadline passes, its lease is lost, a user cancels
    /// the task, or the server shuts down.</param>
    Task HandleAsync(TTask task, TaskContext context, CancellationToken cancellationToken);
}

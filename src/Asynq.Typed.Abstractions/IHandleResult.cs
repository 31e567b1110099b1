namespace Asynq.Typed;

/// <summary>
/// Handles tasks of one type, and answers. The result is stored with the task, in the task's own format, for as long as
/// its retention: give the task one, or nobody can read it. See <see cref="IHandle{TTask}"/>.
/// </summary>
/// <typeparam name="TTask">The payload type, marked with <see cref="AsynqTaskAttribute"/>.</typeparam>
/// <typeparam name="TResult">The result: of any type that a payload's member can have.</typeparam>
public interface IHandle<in TTask, TResult>
    where TTask : IAsynqTask<TTask>
{
    /// <summary>
    /// Runs one attempt. Returning normally stores the result and finishes the task; an exception sends it to retry, or to
    /// the archive once its retries are spent.
    /// </summary>
    /// <param name="task">The payload.</param>
    /// <param name="context">The attempt: ids, counts, headers.</param>
    /// <param name="cancellationToken">Cancelled when the attempt's deadline passes, its lease is lost, a user cancels
    /// the task, or the server shuts down.</param>
    Task<TResult> HandleAsync(TTask task, TaskContext context, CancellationToken cancellationToken);
}

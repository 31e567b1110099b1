using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Rate;

/// <summary>Lets the handlers of the tasks that a semaphore limits run only with a token of it.</summary>
internal sealed class SemaphoreMiddleware(
    AsynqSemaphore semaphore, TaskSemaphoreOptions options, TimeProvider time, ILogger logger) : ITaskMiddleware
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly LogLimiter _unanswered = new(time, LogInterval);

    public async Task InvokeAsync(TaskContext context, RawHandler inner, CancellationToken cancellationToken)
    {
        if (!options.Limits(context))
        {
            await inner(context, cancellationToken).ConfigureAwait(false);
            return;
        }

        var token = await AcquireAsync(context, cancellationToken).ConfigureAwait(false);
        try
        {
            await inner(context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ReleaseAsync(token, context).ConfigureAwait(false);
        }
    }

    /// <exception cref="DeferTaskException">None is free, or Redis did not say.</exception>
    /// <exception cref="OperationCanceledException">The attempt is over.</exception>
    private async Task<SemaphoreToken> AcquireAsync(TaskContext context, CancellationToken cancellationToken)
    {
        SemaphoreToken? token;
        try
        {
            token = await semaphore.TryAcquireAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the handler has not run: the task must not pay for it.
            if (_unanswered.TryPass(out var heldBack))
            {
                SemaphoreLog.NotAcquired(logger, semaphore.Scope, context.TaskId, context.Type, heldBack, exception);
            }

            throw new DeferTaskException(
                JitteredDelay(), $"Semaphore '{semaphore.Scope}' could not be asked: {exception.Message}", exception);
        }

        return token ?? throw new DeferTaskException(
            JitteredDelay(), $"All {semaphore.MaxTokens} tokens of semaphore '{semaphore.Scope}' are taken.");
    }

    /// <summary>Never throws: the handler's work is done, or its own exception is to be seen.</summary>
    private async Task ReleaseAsync(SemaphoreToken token, TaskContext context)
    {
        try
        {
            await token.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SemaphoreLog.NotReleased(logger, semaphore.Scope, context.TaskId, context.Type, context.Deadline, exception);
        }
    }

    private TimeSpan JitteredDelay() => options.Delay * (1 + (Random.Shared.NextDouble() / 2));
}

namespace Asynq.Typed.Server;

/// <summary>Waiting for a task for a limited time, without an exception where it takes longer.</summary>
internal static class TaskWaiting
{
    /// <summary>Whether the task ends within a time, and before the token is cancelled. Its own outcome does not matter.</summary>
    internal static async Task<bool> EndsWithinAsync(
        this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(limit, time, giveUp.Token);
        await Task.WhenAny(task, delay).ConfigureAwait(false);
        await giveUp.CancelAsync().ConfigureAwait(false);
        return task.IsCompleted;
    }
}

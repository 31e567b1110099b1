namespace Asynq.Typed.Server;

/// <summary>
/// Cancelling what the application's code listens to: its callbacks may block or throw, and must do neither to whoever cancels.
/// </summary>
internal static class CancelAside
{
    /// <summary>Cancels. The callbacks run on a thread of their own; what they throw is theirs.</summary>
    internal static void Cancel(CancellationTokenSource source) => _ = ObserveAsync(source.CancelAsync());

    private static async Task ObserveAsync(Task cancelling) =>
        await cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

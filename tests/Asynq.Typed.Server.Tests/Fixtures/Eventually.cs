using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>Waits for what another process or a background loop brings about, and fails when it takes far too long.</summary>
internal static class Eventually
{
    // No measure of anything, only an end for what is stuck: the calls to Redis that a shutdown waits for, one stage after the
    // other, may take half a minute by themselves until they time out on a machine that is busy with something else.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    internal static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Limit, $"Not within {Limit}: {what}.");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    internal static Task TrueAsync(Func<bool> condition, string what) =>
        TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>The result of a task that something else completes.</summary>
    internal static Task<T> ComesAsync<T>(Task<T> task) =>
        task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);

    internal static Task ComesAsync(Task task) =>
        task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
}

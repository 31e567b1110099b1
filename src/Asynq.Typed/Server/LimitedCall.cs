namespace Asynq.Typed.Server;

/// <summary>
/// Calling functions of the application's that have no token: each on a thread of its own, and for a limited time, because one
/// that blocks would hold a slot, and the shutdown, for ever.
/// </summary>
internal static class LimitedCall
{
    /// <summary>How long such a function may take.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <exception cref="TimeoutException">It has not returned in time, and is left to itself.</exception>
    /// <exception cref="Exception">Whatever the function throws.</exception>
    internal static async Task<T> RunAsync<T>(Func<T> function, TimeProvider time)
    {
        var call = Task.Run(function);
        return await call.EndsWithinAsync(Limit, time).ConfigureAwait(false)
            ? await call.ConfigureAwait(false)
            : throw new TimeoutException($"It has not returned for {Limit} and is not waited for.");
    }
}

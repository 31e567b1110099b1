using Microsoft.Extensions.Time.Testing;

namespace Asynq.Typed.Server.Tests;

/// <summary>Turns a test's clock.</summary>
internal static class Clock
{
    /// <summary>Turns it once, and waits for what that brings about.</summary>
    internal static async Task TurnAsync(FakeTimeProvider time, TimeSpan by, Func<bool> until)
    {
        time.Advance(by);
        await Eventually.TrueAsync(until, $"what follows after {by}");
    }

    /// <summary>
    /// Turns it step by step until something has come about. A loop sets its next timer some time after it has been woken: so the
    /// clock may go further than the loop's delays add up to, and never less far.
    /// </summary>
    internal static Task TurnUntilAsync(FakeTimeProvider time, TimeSpan step, Func<bool> until) =>
        TurnUntilAsync(time, step, () => Task.FromResult(until()));

    internal static Task TurnUntilAsync(FakeTimeProvider time, TimeSpan step, Func<Task<bool>> until) =>
        Eventually.TrueAsync(
            async () =>
            {
                if (await until())
                {
                    return true;
                }

                if (time is not WatchedClock watched || !watched.IsHeldUp())
                {
                    time.Advance(step);
                }

                return false;
            },
            "what follows as time goes on");
}

using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>How long a failed task waits for its next attempt.</summary>
internal sealed class RetryDelay(Func<int, Exception, TaskInfo, TimeSpan>? custom, ILogger logger)
{
    private const int BaseSeconds = 15;
    private const int Spread = 30;

    // Tried for ever, a task must still be due in a year that the calendar has.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>asynq's: retried⁴ + 15 + random(0..29) × (retried + 1) seconds.</summary>
    internal static TimeSpan Default(int retried, Random random)
    {
        var seconds = Math.Pow(retried, 4) + BaseSeconds + (random.Next(Spread) * (retried + 1d));
        return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
    }

    /// <summary>A delay of the user's, held to what the calendar has.</summary>
    internal static TimeSpan Within(TimeSpan delay) =>
        delay < TimeSpan.Zero ? TimeSpan.Zero : delay < Longest ? delay : Longest;

    /// <summary>As below, for somebody who must not be held up: a function of the user's that blocks gives way to the default.</summary>
    internal async ValueTask<TimeSpan> ForAsync(TaskMessage message, Exception error, TimeProvider time)
    {
        if (custom is null)
        {
            return Default(message.Retried, Random.Shared);
        }

        try
        {
            return await LimitedCall.RunAsync(() => For(message, error), time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            ServerLog.RetryDelayFailed(logger, message.Id, message.Type, exception);
            return Default(message.Retried, Random.Shared);
        }
    }

    /// <summary>The delay after <paramref name="error"/>. A function of the user's that throws gives way to the default.</summary>
    internal TimeSpan For(TaskMessage message, Exception error)
    {
        if (custom is null)
        {
            return Default(message.Retried, Random.Shared);
        }

        try
        {
            return Within(custom(message.Retried, error, message.ToInfo(TaskState.Active, null)));
        }
        catch (Exception exception)
        {
            ServerLog.RetryDelayFailed(logger, message.Id, message.Type, exception);
            return Default(message.Retried, Random.Shared);
        }
    }
}

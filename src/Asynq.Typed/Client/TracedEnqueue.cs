using Asynq.Typed.Redis;

namespace Asynq.Typed.Client;

/// <summary>Sends one task, and tells those who listen of it.</summary>
internal static class TracedEnqueue
{
    /// <param name="broker">Where it is sent.</param>
    /// <param name="plan">The task. The current trace is added to its headers.</param>
    /// <param name="tick">The key that marks a scheduler's tick as enqueued; empty for none.</param>
    /// <param name="cancellationToken">Gives up before the task is sent.</param>
    internal static async Task<EnqueueOutcome> SendAsync(
        Broker broker, EnqueuePlan plan, string tick, CancellationToken cancellationToken)
    {
        var message = plan.Message;
        var activity = AsynqTelemetry.StartSend(message.Queue, message.Type, message.Id);
        try
        {
            AsynqTelemetry.Inject(message.Headers);
            var item = plan.ToItem(broker.Now);
            var outcome = await broker.EnqueueOneAsync(tick.Length == 0 ? item : item with { Tick = tick }, cancellationToken)
                .ConfigureAwait(false);
            if (outcome == EnqueueOutcome.Enqueued)
            {
                AsynqTelemetry.CountSent(message.Queue, message.Type);
            }

            AsynqTelemetry.EndSend(activity);
            return outcome;
        }
        catch (Exception exception)
        {
            AsynqTelemetry.EndSend(activity, exception);
            throw;
        }
    }
}

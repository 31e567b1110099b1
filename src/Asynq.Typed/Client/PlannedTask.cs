using Asynq.Typed.Redis;

namespace Asynq.Typed.Client;

/// <summary>One task of many: ready to be sent, or the reason why it cannot be.</summary>
internal sealed class PlannedTask
{
    private PlannedTask(EnqueuePlan? plan, EnqueueItem? item, Exception? fault)
    {
        Plan = plan;
        Item = item;
        Fault = fault;
    }

    /// <summary>What is sent; <c>null</c> where there is a fault.</summary>
    internal EnqueueItem? Item { get; }

    /// <summary>Roughly what the task takes in memory and on the wire.</summary>
    internal int Bytes => Item?.Encoded.Length ?? 0;

    private EnqueuePlan? Plan { get; }

    private Exception? Fault { get; }

    /// <summary>Plans a task; whatever is wrong with it is its own fault, and not that of the others.</summary>
    internal static PlannedTask Of<TItem>(TItem task, Func<TItem, DateTimeOffset, EnqueuePlan> plan, DateTimeOffset now)
    {
        try
        {
            var planned = plan(task, now);
            AsynqTelemetry.Inject(planned.Message.Headers);
            MessageRules.Require(planned.Message);
            var item = planned.ToItem(now);

            // Written now, while the part before is on its way.
            _ = item.Encoded;
            return new PlannedTask(planned, item, null);
        }
#pragma warning disable CA1031 // Handed to the caller in the task's result, whatever the user's payload throws
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new PlannedTask(null, null, exception);
        }
    }

    /// <summary>The result of a task that was sent.</summary>
    internal EnqueueResult ResultOf(EnqueueReply reply) => EnqueueResult.Of(Plan!, reply.Outcome, reply.Error);

    /// <summary>The result of a task that could not be sent.</summary>
    internal EnqueueResult ToFault() => EnqueueResult.Fault(Fault!);
}

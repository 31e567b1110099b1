using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>Ends this process as kill -9 does: nothing is run, flushed or closed.</summary>
internal static class Death
{
    public static void Now()
    {
        Signals.Send(Environment.ProcessId, Signal.Kill);
        Thread.Sleep(Timeout.Infinite);
    }
}

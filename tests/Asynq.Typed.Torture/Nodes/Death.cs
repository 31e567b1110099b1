using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>Ends this process as kill -9 does: nothing is run, flushed or closed but the line that says so.</summary>
internal sealed class Death(Ledger ledger, string process)
{
    public void Now()
    {
        ledger.Write(Entry.Died, process);
        Signals.Send(Environment.ProcessId, Signal.Kill);
        Thread.Sleep(Timeout.Infinite);
    }
}

using System.Globalization;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Faults;

/// <summary>Writes down what was broken, what it was done to, and from when to when.</summary>
internal sealed class FaultLog(Ledger ledger)
{
    private int _last;

    /// <summary>What a fault is done to where everybody may feel it.</summary>
    public const string Everybody = "*";

    /// <summary>What a fault is done to that by itself disturbs no task but its own.</summary>
    public const string Nobody = "-";

    /// <summary>What the end of a process is called.</summary>
    public const string Exit = "exit";

    /// <summary>What the names of faults start with that freeze a process.</summary>
    public const string Freeze = "freeze-";

    /// <summary>The fault that holds back what some connections send, and not others.</summary>
    public const string Stall = "stall";

    /// <summary>What that is called for a process that has such a connection.</summary>
    public const string Stalled = "stalled";

    /// <summary>The fault that takes a queue to another server.</summary>
    public const string Move = "move-slot";

    /// <summary>What it is called that a process is told to end in good order.</summary>
    public const string Terminate = "term-worker";

    /// <summary>What it is called that all is mended. Its detail names the producers, with commas between them.</summary>
    public const string Heal = "heal";

    public int Count => Volatile.Read(ref _last);

    /// <summary>A fault begins; it is over when the answer is disposed.</summary>
    public IDisposable Begin(string fault, string target, string detail = "")
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{fault}#{Interlocked.Increment(ref _last)}");
        Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss.f}  {id,-22} {target} {detail}");
        ledger.Write(Entry.Fault, id, target, detail);
        return new Ending(ledger, id);
    }

    /// <summary>A process has ended: its exit code, as a shell tells it, and one of <see cref="Causes"/>.</summary>
    public void Exited(string process, int code, string cause)
    {
        var id = Exit + "#" + process;
        ledger.Write(Entry.Fault, id, process, string.Create(CultureInfo.InvariantCulture, $"{code} {cause}"));
        ledger.Write(Entry.Healed, id);
    }

    private sealed class Ending(Ledger ledger, string id) : IDisposable
    {
        public void Dispose() => ledger.Write(Entry.Healed, id);
    }
}

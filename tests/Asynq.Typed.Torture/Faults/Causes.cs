namespace Asynq.Typed.Torture.Faults;

/// <summary>What the run had done to a process by the time that it ended.</summary>
internal static class Causes
{
    public const string Nothing = "nothing";

    /// <summary>It was sent SIGKILL.</summary>
    public const string Killed = "killed";

    /// <summary>It was sent SIGTERM.</summary>
    public const string Told = "told";

    /// <summary>It was sent SIGTERM when it may not yet have said what it does with it.</summary>
    public const string ToldEarly = "told-early";

    /// <summary>It has little memory, on purpose: it may end anyhow.</summary>
    public const string Limited = "limited";
}

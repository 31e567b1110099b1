namespace Asynq.Typed;

/// <summary>What a server does with a task whose type it has no handler for, or whose payload it cannot read.</summary>
public enum UnhandledTaskPolicy
{
    /// <summary>
    /// Leaves it to another live server of the queue that may handle it: it goes back for 30 seconds and spends no retry.
    /// Where there is no such server, it is archived.
    /// </summary>
    HandOver = 0,

    /// <summary>Always puts it back for 30 seconds, spending no retry.</summary>
    Retry = 1,

    /// <summary>Always archives it.</summary>
    Archive = 2,
}

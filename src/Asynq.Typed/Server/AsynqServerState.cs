namespace Asynq.Typed;

/// <summary>Where a server is in its life. It only ever moves forward.</summary>
public enum AsynqServerState
{
    /// <summary>Not started yet.</summary>
    New = 0,

    /// <summary>Takes tasks and runs them.</summary>
    Active = 1,

    /// <summary>Takes no new tasks; those that it has go on.</summary>
    Stopped = 2,

    /// <summary>Shut down. It cannot be started again.</summary>
    Closed = 3,
}

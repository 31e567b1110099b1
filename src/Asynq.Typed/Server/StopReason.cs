namespace Asynq.Typed.Server;

/// <summary>What ended an attempt. The first reason stands.</summary>
internal enum StopReason
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>Its handler returned or threw.</summary>
    Finished,

    /// <summary>Its deadline passed.</summary>
    Deadline,

    /// <summary>Its lease was lost: somebody else may run the task by now.</summary>
    LeaseLost,

    /// <summary>A user cancelled the task.</summary>
    Cancelled,

    /// <summary>The server shut down, and the time that it waits for running tasks was over.</summary>
    Shutdown,
}

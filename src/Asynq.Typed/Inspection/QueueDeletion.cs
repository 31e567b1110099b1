namespace Asynq.Typed;

/// <summary>What became of a request to delete a queue. Where it was refused, nothing was deleted.</summary>
public enum QueueDeletion
{
    /// <summary>It is deleted.</summary>
    Deleted = 0,

    /// <summary>Refused: there is no such queue.</summary>
    QueueNotFound = 1,

    /// <summary>Refused: the queue has tasks, and deletion was not forced.</summary>
    NotEmpty = 2,

    /// <summary>Refused: workers hold tasks of the queue. Pause it, and wait or cancel them.</summary>
    HasActiveTasks = 3,
}

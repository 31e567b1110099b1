using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>How an attempt ended, as Redis is to be told of it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Ending">How it ended, for the log.</param>
/// <param name="SendAsync">Tells Redis. May be repeated: it is fenced by the task's owner.</param>
internal sealed record FinalWrite(ActiveTask Attempt, Ending Ending, Func<CancellationToken, Task<LeaseOutcome>> SendAsync);

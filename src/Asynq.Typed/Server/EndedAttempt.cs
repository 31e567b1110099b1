using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>An attempt that has ended, and what Redis is to be told of it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Ending">How it ended, for the log.</param>
/// <param name="Write">What Redis is to be told.</param>
internal readonly record struct EndedAttempt(ActiveTask Attempt, Ending Ending, Attempt Write);

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What a thread has used.</summary>
/// <param name="Kind">Its name; the system cuts it off after 15 characters.</param>
/// <param name="Microseconds">Its processor time.</param>
internal readonly record struct ThreadUse(string Kind, double Microseconds);

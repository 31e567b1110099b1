namespace Asynq.Typed;

/// <summary>What a queue's workers did on one day.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Processed">Attempts that ended, failed ones included.</param>
/// <param name="Failed">Attempts that failed.</param>
public sealed record DailyStats(string Queue, DateOnly Date, long Processed, long Failed);

namespace Asynq.Typed.Torture.Tasks;

/// <summary>A task that is about to be enqueued.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What the ledger calls it.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Request">What is sent.</param>
/// <param name="UniqueKey">What it is unique by; empty for nothing.</param>
/// <param name="Due">Before when it must not be run; <c>null</c> where it may at once.</param>
internal sealed record PlannedEnqueue(
    string Id, string Kind, string Queue, TaskRequest Request, string UniqueKey = "", DateTimeOffset? Due = null);

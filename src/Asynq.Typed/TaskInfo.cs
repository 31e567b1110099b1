using System.Text;

namespace Asynq.Typed;

/// <summary>A task as Redis holds it at one moment.</summary>
public sealed record TaskInfo
{
    /// <summary>The header that says what a payload went through; a line of the same stands before a result that did.</summary>
    internal const string TransformHeader = "asynq-payload";

    /// <summary>The task's id, unique within its queue.</summary>
    public required string Id { get; init; }

    /// <summary>The queue that the task is in.</summary>
    public required string Queue { get; init; }

    /// <summary>The task's type name on the wire; empty where the task's message cannot be read.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// The payload as it is stored: compressed or encrypted where its header says so. The inspector reads and shows it.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Where the task is in its life.</summary>
    public required TaskState State { get; init; }

    /// <summary>
    /// Whether an active task is nobody's any more: its lease has ended, or it has none, so its server has crashed or lost
    /// Redis. Another takes it over within its recovery's next rounds.
    /// </summary>
    public bool IsOrphaned { get; init; }

    /// <summary>How often a failed attempt is tried again.</summary>
    public int MaxRetry { get; init; }

    /// <summary>How many attempts have failed so far.</summary>
    public int Retried { get; init; }

    /// <summary>
    /// The error of the last failed attempt, or why the task's message cannot be read; <c>null</c> where none failed.
    /// </summary>
    public string? LastError { get; init; }

    /// <summary>When the last attempt failed; <c>null</c> where none did.</summary>
    public DateTimeOffset? LastFailedAt { get; init; }

    /// <summary>How long one attempt may take; zero where only the deadline limits it.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>When the task must be done; <c>null</c> where only the timeout limits it.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The group that the task is aggregated with; <c>null</c> for none.</summary>
    public string? Group { get; init; }

    /// <summary>When the task is due, for a pending, scheduled or retried one; <c>null</c> in any other state.</summary>
    public DateTimeOffset? NextProcessAt { get; init; }

    /// <summary>How long the task is kept after it completed; zero for not at all.</summary>
    public TimeSpan Retention { get; init; }

    /// <summary>When the task completed; <c>null</c> where it has not.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What the handler stored with the task; empty where it stored nothing.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>
    /// Reads <see cref="Result"/> as it is stored. Where payloads are compressed or encrypted, ask the inspector:
    /// <see cref="AsynqInspector.ReadResult{TTask, TResult}(TaskInfo)"/>.
    /// </summary>
    /// <typeparam name="TTask">The task, whose attribute says what its result is.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <exception cref="InvalidOperationException">
    /// This is a task of another type, it has no result, or its result is compressed or encrypted.
    /// </exception>
    /// <exception cref="PayloadException">The result is not a <typeparamref name="TResult"/>.</exception>
    public TResult ReadResult<TTask, TResult>()
        where TTask : IAsynqTask<TTask>, IAsynqResult<TTask, TResult>
    {
        if (Type != TTask.Descriptor.Type)
        {
            throw new InvalidOperationException(
                $"Task {Id} is of type '{Type}', not '{TTask.Descriptor.Type}': its result is another.");
        }

        RequireResult();
        return HasTransformedResult
            ? throw new InvalidOperationException(
                $"The result of task {Id} is compressed or encrypted: read it by AsynqInspector.{nameof(ReadResult)}.")
            : TTask.ReadResult(Result);
    }

    // A worker that knows no transforms, Go's, stores the result of a transformed task as it is.
    private bool HasTransformedResult =>
        Headers.ContainsKey(TransformHeader) && Result.Span.StartsWith(Encoding.ASCII.GetBytes($"{TransformHeader}:"));

    /// <exception cref="InvalidOperationException">There is no result.</exception>
    internal void RequireResult()
    {
        if (Result.IsEmpty)
        {
            throw new InvalidOperationException(
                $"Task {Id} is {State} and has no result: give it a retention, and read it once it is completed.");
        }
    }

    /// <summary>The task's headers; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

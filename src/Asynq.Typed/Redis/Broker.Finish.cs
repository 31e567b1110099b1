using System.Buffers;
using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int MostTasksPerFinish = 1_000;

    // Arguments of finish.lua: of the call, of a task, and of one that is done and has nothing more to say.
    private const int FinishHead = 8;
    private const int FinishSize = 8;
    private const int PlainFinishSize = 4;

    private static readonly RedisValue None = RedisValue.EmptyString;
    private static readonly Script FinishScript = Script.Load("finish.lua");

    private readonly KeysOfDay _finishKeys = new();

    /// <summary>Removes a task that succeeded, and frees its lock.</summary>
    internal Task<LeaseOutcome> DoneAsync(LeasedTask task, CancellationToken ct) =>
        FinishOneAsync(new Attempt(task, AttemptEnd.Done), ct);

    /// <inheritdoc cref="DoneAsync(LeasedTask, CancellationToken)"/>
    internal Task<IReadOnlyList<LeaseOutcome>> DoneAsync(IReadOnlyList<LeasedTask> tasks, CancellationToken ct) =>
        FinishAsync([.. tasks.Select(task => new Attempt(task, AttemptEnd.Done))], ct);

    /// <summary>Keeps a task that succeeded for its retention, and frees its lock.</summary>
    internal Task<LeaseOutcome> CompleteAsync(LeasedTask task, CancellationToken ct) =>
        FinishOneAsync(new Attempt(task, AttemptEnd.Complete), ct);

    /// <inheritdoc cref="CompleteAsync(LeasedTask, CancellationToken)"/>
    internal Task<IReadOnlyList<LeaseOutcome>> CompleteAsync(IReadOnlyList<LeasedTask> tasks, CancellationToken ct) =>
        FinishAsync([.. tasks.Select(task => new Attempt(task, AttemptEnd.Complete))], ct);

    /// <summary>Has a task tried again later; it keeps its lock and leaves its group.</summary>
    internal Task<LeaseOutcome> RetryAsync(
        LeasedTask task, DateTimeOffset processAt, string error, bool isFailure, CancellationToken ct) =>
        FinishOneAsync(
            new Attempt(task, AttemptEnd.Retry) { ProcessAt = processAt, Error = error, IsFailure = isFailure }, ct);

    /// <inheritdoc cref="RetryAsync(LeasedTask, DateTimeOffset, string, bool, CancellationToken)"/>
    internal Task<IReadOnlyList<LeaseOutcome>> RetryAsync(
        IReadOnlyList<LeasedTask> tasks, DateTimeOffset processAt, string error, bool isFailure, CancellationToken ct) =>
        FinishAsync(
            [
                .. tasks.Select(task => new Attempt(task, AttemptEnd.Retry)
                {
                    ProcessAt = processAt, Error = error, IsFailure = isFailure,
                }),
            ],
            ct);

    /// <summary>Archives a task that failed for good; it keeps its lock. The archive is held to its limits.</summary>
    internal Task<LeaseOutcome> ArchiveAsync(LeasedTask task, string error, CancellationToken ct) =>
        FinishOneAsync(new Attempt(task, AttemptEnd.Archive) { Error = error }, ct);

    /// <inheritdoc cref="ArchiveAsync(LeasedTask, string, CancellationToken)"/>
    internal Task<IReadOnlyList<LeaseOutcome>> ArchiveAsync(
        IReadOnlyList<LeasedTask> tasks, string error, CancellationToken ct) =>
        FinishAsync([.. tasks.Select(task => new Attempt(task, AttemptEnd.Archive) { Error = error })], ct);

    /// <summary>Gives a task back to the head of its queue; it spends no attempt.</summary>
    internal Task<LeaseOutcome> RequeueAsync(LeasedTask task, CancellationToken ct) =>
        FinishOneAsync(new Attempt(task, AttemptEnd.Requeue), ct);

    /// <summary>
    /// Gives tasks of one queue back to its head, so that they come out in the order given (that in which they were
    /// fetched). Outcomes are in that order too.
    /// </summary>
    internal async Task<IReadOnlyList<LeaseOutcome>> RequeueAsync(IReadOnlyList<LeasedTask> tasks, CancellationToken ct)
    {
        var outcomes = await FinishAsync([.. tasks.Reverse().Select(task => new Attempt(task, AttemptEnd.Requeue))], ct)
            .ConfigureAwait(false);
        return [.. outcomes.Reverse()];
    }

    /// <summary>Ends attempts of one queue, in the order given, by one script (more beyond 1,000).</summary>
    /// <exception cref="ArgumentException">The tasks are of several queues.</exception>
    internal async Task<IReadOnlyList<LeaseOutcome>> FinishAsync(IReadOnlyList<Attempt> attempts, CancellationToken ct)
    {
        if (attempts.Count == 0)
        {
            return [];
        }

        var queue = attempts[0].Task.Message.Queue;
        foreach (var attempt in attempts)
        {
            if (attempt.Task.Message.Queue != queue)
            {
                throw new ArgumentException(
                    $"Task '{attempt.Task.Id}' is of queue '{attempt.Task.Message.Queue}', the first one of '{queue}': "
                    + "finish the tasks of each queue in a call of its own.",
                    nameof(attempts));
            }
        }

        if (attempts.Count <= MostTasksPerFinish)
        {
            var all = attempts is ArraySegment<Attempt> segment ? segment : attempts.ToArray();
            return await FinishChunkAsync(KeysOf(queue), all, ct).ConfigureAwait(false);
        }

        var outcomes = new List<LeaseOutcome>(attempts.Count);
        foreach (var chunk in attempts.Chunk(MostTasksPerFinish))
        {
            outcomes.AddRange(await FinishChunkAsync(KeysOf(queue), chunk, ct).ConfigureAwait(false));
        }

        return outcomes;
    }

    /// <summary>Ends one attempt.</summary>
    internal async Task<LeaseOutcome> FinishOneAsync(Attempt attempt, CancellationToken ct)
    {
        var outcomes = await FinishChunkAsync(KeysOf(attempt.Task.Message.Queue), new[] { attempt }, ct).ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>Leaves out the tasks that are known to be lost, be it to this process' own write whose reply was missed.</summary>
    private async Task<LeaseOutcome[]> FinishChunkAsync(QueueKeys queue, ArraySegment<Attempt> attempts, CancellationToken ct)
    {
        if (!IsAnyLost(attempts))
        {
            return await FinishHeldAsync(queue, attempts, ct).ConfigureAwait(false);
        }

        bool[] lost = [.. attempts.Select(static attempt => attempt.Task.IsLost)];
        var held = attempts.Where((_, at) => !lost[at]).ToArray();
        var written = held.Length == 0 ? [] : await FinishHeldAsync(queue, held, ct).ConfigureAwait(false);
        var next = 0;
        return
        [
            .. attempts.Select((attempt, at) => lost[at]
                ? attempt.Task.ReplyMissed ? LeaseOutcome.Written : LeaseOutcome.Lost
                : written[next++]),
        ];
    }

    /// <summary>
    /// After a broken connection the write is repeated, once here and by the caller's later calls, with the same token:
    /// then <em>lost</em> means that the first one was done.
    /// </summary>
    private async Task<LeaseOutcome[]> FinishHeldAsync(QueueKeys queue, ArraySegment<Attempt> attempts, CancellationToken ct)
    {
        string codes;
        var known = ArrayPool<long>.Shared.Rent(attempts.Count);
        for (var i = 0; i < attempts.Count; i++)
        {
            known[i] = LatestLease(attempts[i]);
        }

        try
        {
            codes = await SendFinishAsync(queue, attempts, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBrokenConnection(exception))
        {
            MissReplies(attempts);
            try
            {
                codes = await SendFinishAsync(queue, attempts, ct).ConfigureAwait(false);
            }
            catch (Exception again) when (IsBrokenConnection(again))
            {
                MissReplies(attempts);
                throw;
            }
        }

        var outcomes = new LeaseOutcome[attempts.Count];
        for (var i = 0; i < attempts.Count; i++)
        {
            var task = attempts[i].Task;
            outcomes[i] = codes.Length == 0 || codes[i] == '0' || task.ReplyMissed ? LeaseOutcome.Written : LeaseOutcome.Lost;
        }

        await FinishOvertakenAsync(queue, attempts, known, outcomes, ct).ConfigureAwait(false);
        ArrayPool<long>.Shared.Return(known);
        return outcomes;
    }

    /// <summary>
    /// An extension of this worker's own may be on its way when a write is made, and reach Redis before it. The write then
    /// finds a lease later than any that it knows of, as if another had the task. Only the extension's answer tells whose it
    /// is: if this worker's, the write is made again, knowing of it.
    /// </summary>
    private async Task FinishOvertakenAsync(
        QueueKeys queue, ArraySegment<Attempt> attempts, long[] known, LeaseOutcome[] outcomes, CancellationToken ct)
    {
        if (!outcomes.Contains(LeaseOutcome.Lost))
        {
            return;
        }

        for (var i = 0; i < attempts.Count; i++)
        {
            if (outcomes[i] == LeaseOutcome.Lost)
            {
                await attempts[i].Task.Extending.ConfigureAwait(false);
            }
        }

        var overtaken = Enumerable.Range(0, attempts.Count)
            .Where(at => outcomes[at] == LeaseOutcome.Lost && !attempts[at].Task.IsLost && LatestLease(attempts[at]) > known[at])
            .ToArray();
        if (overtaken.Length == 0)
        {
            return;
        }

        var again = await FinishHeldAsync(queue, Array.ConvertAll(overtaken, at => attempts[at]), ct).ConfigureAwait(false);
        for (var i = 0; i < overtaken.Length; i++)
        {
            outcomes[overtaken[i]] = again[i];
        }
    }

    private static bool IsAnyLost(ArraySegment<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            if (attempt.Task.IsLost)
            {
                return true;
            }
        }

        return false;
    }

    private static long LatestLease(Attempt attempt) => UnixSeconds(attempt.Task.LeaseExpiry);

    private static void MissReplies(ArraySegment<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            attempt.Task.MissReply();
        }
    }

    /// <returns>A digit for each attempt, or none where all are written.</returns>
    private async Task<string> SendFinishAsync(QueueKeys queue, ArraySegment<Attempt> attempts, CancellationToken ct)
    {
        var now = Now;
        var keys = _finishKeys.Find(queue, now) ?? _finishKeys.Keep(queue, now, FinishKeys(queue, now));
        var reply = await EvaluateListAsync(FinishScript, keys, FinishArguments(queue, attempts, now), ct).ConfigureAwait(false);
        return (string?)reply[0] ?? "";
    }

    private static RedisKey[] FinishKeys(QueueKeys queue, DateTimeOffset now) =>
    [
        queue.Active, queue.Lease, queue.Pending, queue.Retry, queue.Archived, queue.Completed,
        queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now), queue.Lock,
    ];

    private RedisValue[] FinishArguments(QueueKeys queue, ArraySegment<Attempt> attempts, DateTimeOffset now)
    {
        var length = FinishHead;
        foreach (var attempt in attempts)
        {
            length += IsPlainDone(attempt) ? PlainFinishSize : FinishSize;
        }

        var args = new RedisValue[length];
        ReadOnlySpan<RedisValue> head =
        [
            queue.TaskPrefix, queue.UniquePrefix, queue.WakeChannel, UnixSeconds(now), UnixNanoseconds(now), DayExpiry(now),
            Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now),
        ];
        head.CopyTo(args);
        var at = FinishHead;
        foreach (var attempt in attempts)
        {
            at += WriteFinish(args.AsSpan(at), attempt, now);
        }

        return args;
    }

    private static bool IsPlainDone(Attempt attempt) =>
        attempt.End == AttemptEnd.Done && attempt.Task.Message.UniqueKey.Length == 0;

    private static int WriteFinish(Span<RedisValue> args, Attempt attempt, DateTimeOffset now)
    {
        var task = attempt.Task;
        (args[1], args[2], args[3]) = (task.Id, task.Owner, LatestLease(attempt));
        if (IsPlainDone(attempt))
        {
            args[0] = "n";
            return PlainFinishSize;
        }

        var due = attempt.End == AttemptEnd.Retry ? DueTime.Of(attempt.ProcessAt) : DueTime.None;
        (string How, RedisValue Message, RedisValue Score) end = attempt.End switch
        {
            AttemptEnd.Done => ("d", None, None),
            AttemptEnd.Complete => ("c", Completed(task.Message, now), UnixSeconds(now) + task.Message.Retention),
            AttemptEnd.Retry => (
                attempt.IsFailure ? "f" : "r", Failed(task.Message, attempt.Error, now, attempt.IsFailure), due.Score),
            AttemptEnd.Archive => ("a", Failed(task.Message, attempt.Error, now, counted: false), None),
            _ => ("q", None, None),
        };
        (args[0], args[4], args[5]) = (end.How, end.Message, end.Score);
        (args[6], args[7]) = (due.Exact, task.Message.UniqueKey);
        return FinishSize;
    }

    private static RedisValue Completed(TaskMessage message, DateTimeOffset now)
    {
        var completed = message.Clone();
        completed.CompletedAt = UnixSeconds(now);
        return completed.ToByteArray();
    }

    private static RedisValue Failed(TaskMessage message, string? error, DateTimeOffset now, bool counted)
    {
        var failed = message.Clone();
        failed.Retried += counted ? 1 : 0;
        failed.ErrorMsg = Utf16.Replace(error ?? "");
        failed.LastFailedAt = UnixSeconds(now);
        return failed.ToByteArray();
    }
}

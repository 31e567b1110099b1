namespace Asynq.Typed.Redis;

/// <summary>
/// Tasks of one queue that callers add one by one. A lone one is sent at once; those that come while calls are on their way
/// travel together in the next, in the order in which they came.
/// </summary>
/// <param name="prepare">Done before each call.</param>
/// <param name="send">Sends tasks by one call, whose command is written before the method returns.</param>
/// <param name="time">The clock.</param>
internal sealed class EnqueueBatch(
    Func<ValueTask> prepare,
    Func<IReadOnlyList<EnqueueItem>, CancellationToken, Task<EnqueueReply[]>> send,
    TimeProvider time)
{
    // One that Redis works on, and one on its way to it.
    private const int MostCalls = 2;
    private const int MostItems = 200;
    private const int MostBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<WaitingEnqueue> _waiting = new();
    private long _arrivals;
    private int _turns;

    /// <summary>Adds a task. A cancelled token counts until the task is sent, and while its call is repeated unsent.</summary>
    internal Task<EnqueueOutcome> AddAsync(EnqueueItem item, CancellationToken ct)
    {
        var waiting = new WaitingEnqueue(item, ct) { Since = time.GetTimestamp() };
        bool mayStart;
        lock (_lock)
        {
            waiting.Arrival = ++_arrivals;
            _waiting.Enqueue(waiting);
            mayStart = _turns < MostCalls;
            _turns += mayStart ? 1 : 0;
        }

        if (mayStart)
        {
            // It goes on for others when this caller has its outcome, whose context is not theirs.
            using (ExecutionContext.SuppressFlow())
            {
                _ = RunAsync();
            }
        }

        return waiting.Task;
    }

    /// <summary>Sends what waits, call by call, until nothing does.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
            var arrivals = Volatile.Read(ref _arrivals);
            if (await PrepareAsync().ConfigureAwait(false) is { } obstacle)
            {
                // Not those who came meanwhile: for them it is tried anew.
                FailWaiting(arrivals, obstacle);
                if (EndsForWantOfTasks())
                {
                    return;
                }

                await Task.Yield();
                continue;
            }

            List<WaitingEnqueue> batch;
            Task<EnqueueReply[]> sending;
            lock (_lock)
            {
                batch = Take();
                if (batch.Count == 0)
                {
                    _turns--;
                    return;
                }

                // In the lock: what was taken first is to be written first.
                sending = SendAsync(batch);
            }

            if (await FinishAsync(batch, sending).ConfigureAwait(false) is { } fault)
            {
                FailWaiting(arrivals, fault);
            }

            // Those who have their outcomes and go on to the next task get the chance to be in the next call.
            await Task.Yield();
        }
    }

    /// <returns>Why the next call cannot be made; <c>null</c> where it can.</returns>
    private async ValueTask<Exception?> PrepareAsync()
    {
        try
        {
            await prepare().ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Handed to those who wait
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private bool EndsForWantOfTasks()
    {
        lock (_lock)
        {
            var ends = _waiting.Count == 0;
            _turns -= ends ? 1 : 0;
            return ends;
        }
    }

    /// <summary>What goes next; those who gave up are left out.</summary>
    private List<WaitingEnqueue> Take()
    {
        var batch = new List<WaitingEnqueue>(Math.Min(_waiting.Count, MostItems));
        for (var bytes = 0L; batch.Count < MostItems && _waiting.TryPeek(out var next); _waiting.Dequeue())
        {
            var size = next.Item.Encoded.Length;
            if (batch.Count > 0 && bytes + size > MostBytes)
            {
                break;
            }

            if (next.TryTake())
            {
                batch.Add(next);
                bytes += size;
            }
        }

        return batch;
    }

    private Task<EnqueueReply[]> SendAsync(List<WaitingEnqueue> batch)
    {
        var items = new EnqueueItem[batch.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = batch[i].Item;
        }

        return send(items, SharedCall.TokenOf(batch));
    }

    /// <returns>What the call failed by, where that is to be expected of the next, too.</returns>
    private static async Task<Exception?> FinishAsync(List<WaitingEnqueue> batch, Task<EnqueueReply[]> sending)
    {
        try
        {
            var replies = await sending.ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Finish(replies[i]);
            }

            return null;
        }
        catch (OperationCanceledException) when (batch.TrueForAll(static waiting => waiting.Token.IsCancellationRequested))
        {
            foreach (var waiting in batch)
            {
                waiting.Abandon();
            }

            return null;
        }
#pragma warning disable CA1031 // Handed to those who wait
        catch (Exception exception)
#pragma warning restore CA1031
        {
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Fail(i == 0 ? exception : EnqueueFault.Copy(exception));
            }

            return exception is RedisUnreachableException or RedisRefusedException ? exception : null;
        }
    }

    /// <summary>
    /// Fails those who waited already when the call that failed began: it was repeated for them, too. Each by a call of its
    /// own would hear the later, the more there are. Where there is no connection, those who have not waited for one as long
    /// as anybody does go on waiting: one that broke may be there again.
    /// </summary>
    private void FailWaiting(long arrivals, Exception fault)
    {
        var failed = new List<WaitingEnqueue>();
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next)
                && next.Arrival <= arrivals
                && (fault is not RedisUnreachableException || time.GetElapsedTime(next.Since) >= Broker.RepeatFor))
            {
                _waiting.Dequeue();
                if (next.TryTake())
                {
                    failed.Add(next);
                }
            }
        }

        foreach (var waiting in failed)
        {
            waiting.Fail(EnqueueFault.OfUnsent(fault));
        }
    }
}

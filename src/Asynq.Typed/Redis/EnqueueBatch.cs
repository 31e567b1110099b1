namespace Asynq.Typed.Redis;

/// <summary>
/// Tasks of one queue that callers add one by one. A lone one is sent at once; those that come while calls are on their way
/// travel together in the next, in the order in which they came.
/// </summary>
/// <param name="prepare">Done before each call.</param>
/// <param name="send">Sends tasks by one call, whose command is written before the method returns.</param>
internal sealed class EnqueueBatch(
    Func<ValueTask> prepare, Func<IReadOnlyList<EnqueueItem>, CancellationToken, Task<EnqueueReply[]>> send)
{
    // One that Redis works on, and one on its way to it.
    private const int MostCalls = 2;
    private const int MostItems = 200;
    private const int MostBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _turns;

    /// <summary>Adds a task. A cancelled token counts until the task is sent.</summary>
    internal Task<EnqueueOutcome> AddAsync(EnqueueItem item, CancellationToken ct)
    {
        var waiting = new Waiting(item, ct);
        bool mayStart;
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            mayStart = _turns < MostCalls;
            _turns += mayStart ? 1 : 0;
        }

        if (mayStart)
        {
            _ = RunAsync();
        }

        return ct.CanBeCanceled && !waiting.IsTaken ? CancellableAsync(waiting, ct) : waiting.Task;
    }

    private static async Task<EnqueueOutcome> CancellableAsync(Waiting waiting, CancellationToken ct)
    {
        using var registration = ct.UnsafeRegister(static state => ((Waiting)state!).Cancel(), waiting);
        return await waiting.Task.ConfigureAwait(false);
    }

    /// <summary>Sends what waits, call by call, until nothing does.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
            Exception? obstacle = null;
            try
            {
                await prepare().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Handed to those who wait
            catch (Exception exception)
#pragma warning restore CA1031
            {
                obstacle = exception;
            }

            List<Waiting> batch;
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
                sending = obstacle is null ? SendAsync(batch) : Task.FromException<EnqueueReply[]>(obstacle);
            }

            await FinishAsync(batch, sending).ConfigureAwait(false);

            // Those who have their outcomes and go on to the next task get the chance to be in the next call.
            await Task.Yield();
        }
    }

    /// <summary>What goes next; those who gave up are left out.</summary>
    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
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

    // A call that several share is nobody's to give up.
    private Task<EnqueueReply[]> SendAsync(List<Waiting> batch) => send(
        [.. batch.Select(static waiting => waiting.Item)], batch is [var only] ? only.Token : CancellationToken.None);

    private static async Task FinishAsync(List<Waiting> batch, Task<EnqueueReply[]> sending)
    {
        try
        {
            var replies = await sending.ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Finish(replies[i]);
            }
        }
        catch (OperationCanceledException) when (batch is [{ Token.IsCancellationRequested: true }])
        {
            batch[0].SetCanceled(batch[0].Token);
        }
#pragma warning disable CA1031 // Handed to those who wait
        catch (Exception exception)
#pragma warning restore CA1031
        {
            foreach (var waiting in batch)
            {
                waiting.SetException(exception);
            }
        }
    }

    /// <summary>One task, and the answer that its caller waits for.</summary>
    private sealed class Waiting(EnqueueItem item, CancellationToken token)
        : TaskCompletionSource<EnqueueOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private int _decided;

        internal EnqueueItem Item => item;

        internal CancellationToken Token => token;

        /// <summary>Whether it is on its way, or given up.</summary>
        internal bool IsTaken => Volatile.Read(ref _decided) != 0;

        internal bool TryTake() => !token.IsCancellationRequested
            ? Interlocked.Exchange(ref _decided, 1) == 0
            : Forgo();

        internal void Cancel()
        {
            if (Interlocked.Exchange(ref _decided, 1) == 0)
            {
                SetCanceled(token);
            }
        }

        internal void Finish(EnqueueReply reply)
        {
            if (reply.Error is { } error)
            {
                SetException(error);
            }
            else
            {
                SetResult(reply.Outcome);
            }
        }

        private bool Forgo()
        {
            Cancel();
            return false;
        }
    }
}

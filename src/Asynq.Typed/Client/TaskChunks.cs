using System.Runtime.CompilerServices;

namespace Asynq.Typed.Client;

/// <summary>Cuts a stream of tasks into parts that are sent at once.</summary>
internal static class TaskChunks
{
    private const int MostTasks = 500;
    private const int MostBytes = 2 * 1024 * 1024;

    // Long enough for a source that gives its items one by one, short enough for somebody who waits for the first.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Plans the tasks of a source and gives them in parts: when enough have come, or none comes for a while after the first.
    /// Where the source throws, what came before is given first.
    /// </summary>
    /// <param name="source">The tasks.</param>
    /// <param name="plan">Plans one.</param>
    /// <param name="begin">Done before the first task of a part is planned.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async IAsyncEnumerable<IReadOnlyList<PlannedTask>> ReadAsync<TItem>(
        IAsyncEnumerable<TItem> source,
        Func<TItem, PlannedTask> plan,
        Func<CancellationToken, ValueTask> begin,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = source.GetAsyncEnumerator(ending.Token);
        Task<bool>? next = null;
        try
        {
            var chunk = new List<PlannedTask>();
            var bytes = 0;
            var began = 0L;
            while (true)
            {
                next = items.MoveNextAsync().AsTask();
                if (chunk.Count > 0 && !await ComesAsync(next, began, time).ConfigureAwait(false))
                {
                    yield return chunk;
                    (chunk, bytes) = ([], 0);
                }

                if (!await next.ConfigureAwait(false))
                {
                    yield break;
                }

                next = null;
                if (chunk.Count == 0)
                {
                    await begin(ending.Token).ConfigureAwait(false);
                    began = time.GetTimestamp();
                }

                chunk.Add(plan(items.Current));
                bytes += chunk[^1].Bytes;
                if (chunk.Count >= MostTasks || bytes >= MostBytes)
                {
                    yield return chunk;
                    (chunk, bytes) = ([], 0);
                }
            }
        }
        finally
        {
            // A source may not be disposed while it is asked for an item, as it is if the caller breaks off meanwhile.
            await ending.CancelAsync().ConfigureAwait(false);
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await items.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The items of a source that never waits.</summary>
    internal static async IAsyncEnumerable<TItem> OfAsync<TItem>(IEnumerable<TItem> items)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in items)
        {
            yield return item;
        }
    }

    /// <summary>Whether a further item comes within the time that a part may wait. The end and an error are none.</summary>
    private static ValueTask<bool> ComesAsync(Task<bool> next, long began, TimeProvider time) =>
        next.IsCompletedSuccessfully ? new ValueTask<bool>(next) : new ValueTask<bool>(WaitAsync(next, began, time));

    private static async Task<bool> WaitAsync(Task<bool> next, long began, TimeProvider time)
    {
        var within = Linger - time.GetElapsedTime(began);
        if (!next.IsCompleted && within > TimeSpan.Zero)
        {
            await ((Task)next).WaitAsync(within, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return next.IsCompletedSuccessfully && await next.ConfigureAwait(false);
    }
}

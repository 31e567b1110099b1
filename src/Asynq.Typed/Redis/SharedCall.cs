namespace Asynq.Typed.Redis;

/// <summary>A call by which the tasks of several callers travel: it is given up when all of them gave up, and not before.</summary>
internal sealed class SharedCall : CancellationTokenSource
{
    private int _left;

    private SharedCall(int callers) => _left = callers;

    /// <summary>The token that says whether a call is still wanted.</summary>
    internal static CancellationToken TokenOf(IReadOnlyList<WaitingEnqueue> batch)
    {
        if (batch is [var only])
        {
            return only.Token;
        }

        foreach (var waiting in batch)
        {
            if (!waiting.Token.CanBeCanceled)
            {
                return CancellationToken.None;
            }
        }

        var call = new SharedCall(batch.Count);
        foreach (var waiting in batch)
        {
            waiting.Join(call);
        }

        return call.Token;
    }

    internal void GiveUp()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            Cancel();
        }
    }
}

namespace Asynq.Typed.Redis;

/// <summary>One task that is to be sent, and the answer that its caller waits for.</summary>
internal sealed class WaitingEnqueue : TaskCompletionSource<EnqueueOutcome>
{
    private readonly CancellationTokenRegistration _registration;
    private SharedCall? _call;
    private int _decided;
    private int _gaveUp;

    internal WaitingEnqueue(EnqueueItem item, CancellationToken token)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Item = item;
        Token = token;
        _registration = token.UnsafeRegister(static state => ((WaitingEnqueue)state!).Cancel(), this);
    }

    internal EnqueueItem Item { get; }

    internal CancellationToken Token { get; }

    /// <summary>The how many-th of its queue it is.</summary>
    internal long Arrival { get; set; }

    /// <summary>Since when it waits, by the clock's timestamp.</summary>
    internal long Since { get; set; }

    /// <summary>Takes it for a call; <c>false</c> where it was given up.</summary>
    internal bool TryTake()
    {
        if (!Token.IsCancellationRequested)
        {
            return Decide();
        }

        Cancel();
        return false;
    }

    /// <summary>Says by which call, of several tasks, it travels.</summary>
    internal void Join(SharedCall call)
    {
        Interlocked.Exchange(ref _call, call);
        if (Token.IsCancellationRequested)
        {
            GiveUp(call);
        }
    }

    internal void Finish(EnqueueReply reply)
    {
        if (reply.Error is { } error)
        {
            Fail(error);
        }
        else
        {
            _registration.Unregister();
            SetResult(reply.Outcome);
        }
    }

    internal void Fail(Exception error)
    {
        _registration.Unregister();
        SetException(error);
    }

    /// <summary>Ends it unsent, as its caller wants.</summary>
    internal void Abandon()
    {
        _registration.Unregister();
        SetCanceled(Token);
    }

    private bool Decide() => Interlocked.Exchange(ref _decided, 1) == 0;

    private void Cancel()
    {
        if (Decide())
        {
            SetCanceled(Token);
        }
        else if (Interlocked.CompareExchange(ref _call, null, null) is { } call)
        {
            GiveUp(call);
        }
    }

    // By whom comes first: the one who cancels, or the one who takes it for a call meanwhile.
    private void GiveUp(SharedCall call)
    {
        if (Interlocked.Exchange(ref _gaveUp, 1) == 0)
        {
            call.GiveUp();
        }
    }
}

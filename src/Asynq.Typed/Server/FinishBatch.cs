namespace Asynq.Typed.Server;

/// <summary>
/// The ended attempts of one queue that wait to be written. A write is sent as soon as no other is on its way, so a lone one
/// waits for nothing; under load the next holds all that ended meanwhile.
/// </summary>
/// <param name="send">Sends writes. Never throws, and uses the list no longer than its task runs.</param>
internal sealed class FinishBatch(Func<List<EndedAttempt>, Task> send) : IThreadPoolWorkItem
{
    // A script blocks its Redis: more are sent as several.
    private const int Most = 100;

    private readonly Lock _lock = new();
    private readonly Queue<EndedAttempt> _waiting = new();

    // What is being sent: only one call is on its way, so that the next can use the same list.
    private readonly List<EndedAttempt> _taken = [];
    private bool _sending;

    internal void Add(EndedAttempt ended)
    {
        lock (_lock)
        {
            _waiting.Enqueue(ended);
            if (_sending)
            {
                return;
            }

            _sending = true;
        }

        // Behind the attempts that are about to run: those that end at once come into the same write.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    private async Task SendAsync()
    {
        while (Take() is { Count: > 0 } ended)
        {
            await send(ended).ConfigureAwait(false);
        }
    }

    private List<EndedAttempt> Take()
    {
        lock (_lock)
        {
            _taken.Clear();
            while (_taken.Count < Most && _waiting.TryDequeue(out var ended))
            {
                _taken.Add(ended);
            }

            _sending = _taken.Count > 0;
            return _taken;
        }
    }
}

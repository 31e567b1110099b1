namespace Asynq.Typed.Embedded;

/// <summary>
/// Lets commands run side by side, and keeps them out for the moment in which a commit takes its place in the log: so no
/// commit falls into the middle of a script.
/// </summary>
internal sealed class CommitGate
{
    // A command can push a message to another connection, which asks to be let in again on the same thread.
    [ThreadStatic]
    private static int t_depth;

    private readonly object _changed = new();
    private int _inside;
    private bool _closed;

    public void Enter()
    {
        if (t_depth++ > 0)
        {
            return;
        }

        lock (_changed)
        {
            while (_closed)
            {
                Monitor.Wait(_changed);
            }

            _inside++;
        }
    }

    public void Leave()
    {
        if (--t_depth > 0)
        {
            return;
        }

        lock (_changed)
        {
            _inside--;
            if (_closed && _inside == 0)
            {
                Monitor.PulseAll(_changed);
            }
        }
    }

    /// <summary>Lets nobody in, and waits until everybody has left, but no longer than <paramref name="patience"/>.</summary>
    /// <returns>Whether everybody has left.</returns>
    public bool Close(TimeSpan patience, TimeProvider time)
    {
        var start = time.GetTimestamp();
        lock (_changed)
        {
            _closed = true;
            while (_inside > 0)
            {
                var left = patience - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_changed, left))
                {
                    return _inside == 0;
                }
            }

            return true;
        }
    }

    public void Open()
    {
        lock (_changed)
        {
            _closed = false;
            Monitor.PulseAll(_changed);
        }
    }
}

namespace Asynq.Typed.Server;

/// <summary>When the next task of a queue falls due, as far as is known.</summary>
internal sealed class NextDue
{
    private readonly Lock _lock = new();
    // Nobody has looked yet.
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    internal DateTimeOffset Value
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>A task falls due at a time.</summary>
    /// <returns>Whether that is earlier than any that was known.</returns>
    internal bool Note(DateTimeOffset due)
    {
        lock (_lock)
        {
            if (due >= _next)
            {
                return false;
            }

            _next = due;
            return true;
        }
    }

    /// <summary>A task may be due already.</summary>
    internal void NoteNow() => Note(DateTimeOffset.MinValue);

    /// <summary>
    /// To be called before looking: what falls due from then on is noted again, by who looks or by who schedules it meanwhile.
    /// </summary>
    internal void Forget()
    {
        lock (_lock)
        {
            _next = DateTimeOffset.MaxValue;
        }
    }
}

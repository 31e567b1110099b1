namespace Asynq.Typed;

/// <summary>Lets one of a row of equal log lines through per interval, and counts those that it held back.</summary>
internal sealed class LogLimiter(TimeProvider time, TimeSpan interval)
{
    private readonly Lock _lock = new();
    private long? _last;
    private int _heldBack;

    /// <summary>Whether to write the line now.</summary>
    /// <param name="heldBack">How many were held back since the last that was written.</param>
    internal bool TryPass(out int heldBack)
    {
        lock (_lock)
        {
            heldBack = _heldBack;
            if (_last is { } last && time.GetElapsedTime(last) < interval)
            {
                _heldBack++;
                return false;
            }

            _last = time.GetTimestamp();
            _heldBack = 0;
            return true;
        }
    }
}

namespace Asynq.Typed.Redis;

/// <summary>
/// The order in which the calls of one caller are carried out, where the next is sent before the answer to the one before has
/// come. Redis refuses a call that overtook the one before it, as it may where that met with a fault and is repeated.
/// </summary>
internal sealed class EnqueueOrder
{
    // A call that is over holds its answers, which a stream over many queues would pile up.
    private const int FewCalls = 16;

    private readonly Dictionary<string, (CallMark Mark, Task Call)> _last = new(StringComparer.Ordinal);
    private int _most = FewCalls;

    /// <summary>The call to the queue that is still on its way; <c>null</c> where there is none.</summary>
    internal (CallMark Mark, Task Call)? Last(string queue) =>
        _last.TryGetValue(queue, out var last) && !last.Call.IsCompleted ? last : null;

    internal void Add(string queue, CallMark mark, Task call)
    {
        if (_last.Count >= _most)
        {
            ForgetThoseOver();
            _most = Math.Max(FewCalls, 2 * _last.Count);
        }

        _last[queue] = (mark, call);
    }

    private void ForgetThoseOver()
    {
        foreach (var (queue, (_, call)) in _last)
        {
            if (call.IsCompleted)
            {
                _last.Remove(queue);
            }
        }
    }
}

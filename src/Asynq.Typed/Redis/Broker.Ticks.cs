namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    /// <summary>The newest tick of a scheduler entry that was enqueued; <c>null</c> where none is known.</summary>
    /// <param name="queue">The queue that the entry enqueues to.</param>
    /// <param name="entryDigest">As that of <see cref="QueueKeys.Tick"/>.</param>
    /// <param name="ct">Checked before the command.</param>
    internal async Task<DateTimeOffset?> FindLastTickAsync(string queue, string entryDigest, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var value = await Database.StringGetAsync(KeysOf(queue).LastTick(entryDigest)).ConfigureAwait(false);

        // A missing value would be read as zero, which is a time too.
        return !value.IsNull && value.TryParse(out long second) ? DateTimeOffset.FromUnixTimeSeconds(second) : null;
    }
}

using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// The other live servers, as far as a task that this one cannot handle is concerned. Asked for when there is such a task, and
/// remembered for a moment.
/// </summary>
internal sealed class Neighbours(Broker broker, ServerIdentity identity, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<LiveServer>?>? _answer;
    private long _askedAt;

    /// <summary>
    /// Whether another live server of a queue may handle a type: one that says so, or one that does not say what it handles,
    /// as Go's do not. Where Redis does not answer, another may: a task is rather kept for it than archived.
    /// </summary>
    internal async ValueTask<bool> MayHandleAsync(string queue, string type) =>
        await AskAsync().ConfigureAwait(false) is not { } servers
        || servers.Any(server => Serves(server, queue)
            && (server.Detail is not { } detail || detail.TaskTypes.Any(known => Matches(known, type))));

    /// <summary>Whether a live server of a queue runs another build than this one, and so may read another payload.</summary>
    internal async ValueTask<bool> OtherBuildServesAsync(string queue) =>
        await AskAsync().ConfigureAwait(false) is not { } servers
        || servers.Any(server => Serves(server, queue)
            && server.Detail is { } detail && detail.BuildId != identity.BuildId);

    /// <summary>
    /// Whether another live server of a queue may aggregate its groups: one that says so, or one that does not say, as Go's do
    /// not. Where Redis does not answer, another may.
    /// </summary>
    internal async ValueTask<bool> MayAggregateAsync(string queue) =>
        await AskAsync().ConfigureAwait(false) is not { } servers
        || servers.Any(server => Serves(server, queue) && server.Detail is not { AggregatedTypes.Count: 0 });

    private bool Serves(LiveServer server, string queue) =>
        server.Info.ServerId != identity.ServerId && server.Info.Queues.ContainsKey(queue);

    /// <summary>Whether a type is one that a server says it knows: the type itself, or a pattern that ends in <c>*</c>.</summary>
    internal static bool Matches(string known, string type) =>
        known.EndsWith('*') ? type.StartsWith(known[..^1], StringComparison.Ordinal) : known == type;

    /// <summary>The live servers; <c>null</c> where Redis does not say. Tasks that come together share one question.</summary>
    private Task<IReadOnlyList<LiveServer>?> AskAsync()
    {
        lock (_lock)
        {
            if (_answer is null || time.GetElapsedTime(_askedAt) >= Freshness)
            {
                _askedAt = time.GetTimestamp();
                _answer = ListAsync();
            }

            return _answer;
        }
    }

    private async Task<IReadOnlyList<LiveServer>?> ListAsync()
    {
        try
        {
            return await broker.ListServersAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever keeps Redis from answering is reported by those who ask it all the time.
            return null;
        }
    }
}

using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly Script WriteServerScript = Script.Load("write-server.lua");

    // Whether a server's entry and the indexes were found to lie on different nodes, so that no script may write both.
    private volatile bool _indexesApart;

    /// <summary>Writes what a server says of itself and of its workers, in place of what it said before.</summary>
    /// <param name="server">The server.</param>
    /// <param name="workers">What its workers are doing.</param>
    /// <param name="detail">What this project's servers add; <c>null</c> for nothing.</param>
    /// <param name="ttl">How long that counts, at least a second; fractions are cut.</param>
    /// <param name="ct">Checked before each command.</param>
    internal async Task WriteServerStateAsync(
        ServerInfo server,
        IReadOnlyCollection<WorkerInfo> workers,
        ServerDetail? detail,
        TimeSpan ttl,
        CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ttl, TimeSpan.FromSeconds(1));
        ct.ThrowIfCancellationRequested();
        var infoKey = Keys.Server(server.Host, server.Pid, server.ServerId);
        var workersKey = Keys.WorkersOf(server.Host, server.Pid, server.ServerId);
        RedisKey[] entry = [infoKey, workersKey, Keys.ServerDetail(server.Host, server.Pid, server.ServerId)];
        var expiry = UnixSeconds(Now + ttl);
        RedisValue[] args =
        [
            (long)ttl.TotalSeconds, server.ToByteArray(), detail?.ToByteArray() ?? [], expiry,
            .. workers.SelectMany(worker => new RedisValue[] { worker.TaskId, worker.ToByteArray() }),
        ];
        if (!_indexesApart)
        {
            try
            {
                await EvaluateListAsync(WriteServerScript, [.. entry, Keys.Servers, Keys.Workers], args, ct)
                    .ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (IsAcrossSlots(exception))
            {
                _indexesApart = true;
            }
        }

        await EvaluateListAsync(WriteServerScript, entry, args, ct).ConfigureAwait(false);
        await CallAsync(database => database.SortedSetAddAsync(Keys.Servers, infoKey, expiry, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        await CallAsync(database => database.SortedSetAddAsync(Keys.Workers, workersKey, expiry, flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }

    /// <summary>As above, without what this project's servers add.</summary>
    internal Task WriteServerStateAsync(
        ServerInfo server, IReadOnlyCollection<WorkerInfo> workers, TimeSpan ttl, CancellationToken ct) =>
        WriteServerStateAsync(server, workers, null, ttl, ct);

    /// <summary>Removes what a server wrote of itself.</summary>
    internal async Task ClearServerStateAsync(string host, int pid, string serverId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var infoKey = Keys.Server(host, pid, serverId);
        var workersKey = Keys.WorkersOf(host, pid, serverId);
        await CallAsync(database => database.SortedSetRemoveAsync(Keys.Servers, infoKey, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        await CallAsync(database => database.SortedSetRemoveAsync(Keys.Workers, workersKey, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        RedisKey[] keys = [infoKey, workersKey, Keys.ServerDetail(host, pid, serverId)];
        await CallAsync(database => database.KeyDeleteAsync(keys, flags: OnPrimary), ct).ConfigureAwait(false);
    }

    /// <summary>The servers that live: Go's and this project's. Entries that cannot be read are left out.</summary>
    internal async Task<IReadOnlyList<LiveServer>> ListServersAsync(CancellationToken ct)
    {
        var keys = await LiveKeysAsync(Keys.Servers, ct).ConfigureAwait(false);
        var infos = await Task.WhenAll(
            keys.Select(key => CallAsync(database => database.StringGetAsync(key, flags: OnPrimary), ct)))
            .ConfigureAwait(false);
        List<ServerInfo> servers = [.. infos.Select(info => Parse(ServerInfo.Parser, info)).OfType<ServerInfo>()];
        var details = await Task.WhenAll(
                servers.Select(server => Keys.ServerDetail(server.Host, server.Pid, server.ServerId))
                    .Select(key => CallAsync(database => database.StringGetAsync(key, flags: OnPrimary), ct)))
            .ConfigureAwait(false);
        return [.. servers.Zip(details, (server, detail) => new LiveServer(server, Parse(ServerDetail.Parser, detail)))];
    }

    /// <summary>What the workers of all live servers are doing.</summary>
    internal async Task<IReadOnlyList<WorkerInfo>> ListWorkersAsync(CancellationToken ct)
    {
        var keys = await LiveKeysAsync(Keys.Workers, ct).ConfigureAwait(false);
        var workers = await Task.WhenAll(
            keys.Select(key => CallAsync(database => database.HashValuesAsync(key, flags: OnPrimary), ct)))
            .ConfigureAwait(false);
        return [.. workers.SelectMany(infos => infos).Select(info => Parse(WorkerInfo.Parser, info)).OfType<WorkerInfo>()];
    }

    /// <summary>The keys in an index that have not expired; forgets those that have.</summary>
    private async Task<RedisKey[]> LiveKeysAsync(string index, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var expired = UnixSeconds(Now) - 1;
        await CallAsync(
            database => database.SortedSetRemoveRangeByScoreAsync(
                index, double.NegativeInfinity, expired, flags: OnPrimary),
            ct)
            .ConfigureAwait(false);
        var members = await CallAsync(database => database.SortedSetRangeByRankAsync(index, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return [.. members.Select(member => (RedisKey)(byte[])member!)];
    }

    /// <summary>Runs a script whose keys are of no queue, and that answers like those of <see cref="RunListAsync"/>.</summary>
    private async Task<RedisResult[]> EvaluateListAsync(
        Script script, RedisKey[] keys, RedisValue[] args, CancellationToken ct) =>
        Accepted(script, await EvaluateAsync(script, keys, args, ct).ConfigureAwait(false));

    /// <summary>
    /// Whether a call was refused, undone, because its keys are of several slots: by the client library, which knows a cluster, or
    /// by what stands before one and does not show it.
    /// </summary>
    private static bool IsAcrossSlots(Exception exception) =>
        exception is RedisServerException { Kind: RedisErrorKind.CrossSlot }
        || (exception is RedisCommandException && exception.Message.Contains("slot", StringComparison.Ordinal));

    private static T? Parse<T>(MessageParser<T> parser, RedisValue value)
        where T : class, IMessage<T>
    {
        try
        {
            return (byte[]?)value is { } bytes ? parser.ParseFrom(bytes) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            // Another client's entry: what cannot be read cannot be shown, and must not hide the others.
            return null;
        }
    }
}

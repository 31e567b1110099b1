using System.Runtime.CompilerServices;
using Garnet;
using Garnet.networking;
using Garnet.server;
using Tsavorite.core;

namespace Asynq.Typed.Embedded;

/// <summary>
/// A Garnet server with an append-only file that acknowledges only what is on disk, and commits its log between scripts only.
/// </summary>
/// <remarks>
/// Garnet logs each write of a script by itself (its transaction mode locks keys, and no more), and by its own means commits
/// after each of them: killed in the midst of a script, it came back with half of it. Only the log up to the last commit
/// is recovered, so a script is recovered as a whole where no commit falls into one.
/// </remarks>
internal sealed class DurableGarnet : GarnetServer, ISessionProvider, IAsyncDisposable
{
    private readonly ISessionProvider _sessions;
    private readonly CommitGate _gate = new();
    private readonly Checkpoints _checkpoints;
    private readonly GroupCommit _commits;

    public DurableGarnet(string[] arguments)
        : base(arguments)
    {
        ReplySender.Check();
        ref var policy = ref PolicyOf(storeWrapper.appendOnlyFile.Log.SingleLog);
        var between = new CommitBetweenCommands(policy);
        policy = between;

        var listener = ListenersOf(this).Single();
        listener.Unregister(WireFormat.ASCII, out _sessions);
        listener.Register(WireFormat.ASCII, this);
        _commits = new GroupCommit(_gate, between, () => Store.CommitAOFAsync(CancellationToken.None), TimeProvider.System);
        _checkpoints = new Checkpoints(_sessions, TimeProvider.System);
    }

    public MaxSizeSettings GetMaxSizeSettings => _sessions.GetMaxSizeSettings;

    public IMessageConsumer GetSession(WireFormat wireFormat, INetworkSender networkSender) =>
        _sessions.GetSession(wireFormat, new HeldReplies(networkSender, _gate, _commits));

    /// <summary>Commits what was asked for, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkpoints.DisposeAsync().ConfigureAwait(false);
        await _commits.DisposeAsync().ConfigureAwait(false);
        Dispose(deleteDir: false);
    }

    // Garnet has no public way to either. A version in which they are called otherwise ends here, at the start.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "servers")]
    private static extern ref IGarnetServer[] ListenersOf(GarnetServer server);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "commitPolicy")]
    private static extern ref LogCommitPolicy PolicyOf(TsavoriteLog log);
}

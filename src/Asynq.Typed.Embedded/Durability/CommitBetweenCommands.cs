using Tsavorite.core;

namespace Asynq.Typed.Embedded;

/// <summary>Refuses the commits that Garnet makes by itself, such as those of a checkpoint: they can fall into a script.</summary>
internal sealed class CommitBetweenCommands(LogCommitPolicy others) : LogCommitPolicy
{
    private volatile bool _isOpen;

    /// <summary>Whether a commit may begin. It may where no command runs.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    public override void OnAttached(TsavoriteLog log) => others.OnAttached(log);

    public override bool AdmitCommit(long currentTail, bool commitRequired) =>
        _isOpen && others.AdmitCommit(currentTail, commitRequired);

    public override void OnCommitCreated(TsavoriteLogRecoveryInfo info) => others.OnCommitCreated(info);

    public override void OnCommitFinished(TsavoriteLogRecoveryInfo info) => others.OnCommitFinished(info);
}

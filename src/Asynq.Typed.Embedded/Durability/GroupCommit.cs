using System.Threading.Channels;

namespace Asynq.Typed.Embedded;

/// <summary>
/// Commits the log for all connections together, at moments when no command runs, and then lets their replies go.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    /// <summary>
    /// How long a commit waits for a command to end. One that takes longer, and no script of the queue does, may be found
    /// half done after a crash in its midst.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<HeldReplies> _requests = Channel.CreateUnbounded<HeldReplies>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly CommitGate _gate;
    private readonly CommitBetweenCommands _policy;
    private readonly Func<ValueTask<bool>> _begin;
    private readonly TimeProvider _time;
    private readonly List<HeldReplies> _batch = [];
    private readonly Task _running;

    /// <param name="gate">Which commands pass.</param>
    /// <param name="policy">Which commits the log admits.</param>
    /// <param name="begin">Begins a commit of what the log holds at the time of the call; done when that is on disk.</param>
    /// <param name="time">The clock.</param>
    public GroupCommit(CommitGate gate, CommitBetweenCommands policy, Func<ValueTask<bool>> begin, TimeProvider time)
    {
        _gate = gate;
        _policy = policy;
        _begin = begin;
        _time = time;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Lets the replies of a connection go with the next commit.</summary>
    public void Request(HeldReplies replies)
    {
        if (!_requests.Writer.TryWrite(replies))
        {
            replies.Abandon();
        }
    }

    /// <summary>Commits what was asked for; who asks afterwards loses the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (await TryCommitAsync().ConfigureAwait(false))
            {
                _batch.ForEach(replies => replies.Release());
            }
            else
            {
                _batch.ForEach(replies => replies.Abandon());
            }

            _batch.Clear();
        }
    }

    private async Task<bool> TryCommitAsync()
    {
        try
        {
            return await Begin().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is: nothing may be acknowledged, and the next commit is tried
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private ValueTask<bool> Begin()
    {
        _gate.Close(Patience, _time);
        try
        {
            while (_requests.Reader.TryRead(out var replies))
            {
                replies.Seal();
                _batch.Add(replies);
            }

            _policy.IsOpen = true;
            return _begin();
        }
        finally
        {
            _policy.IsOpen = false;
            _gate.Open();
        }
    }
}

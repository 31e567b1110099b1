using Garnet.common;
using Garnet.networking;

namespace Asynq.Typed.Embedded;

/// <summary>
/// What Garnet sends on one connection, held back until that which it acknowledges is on disk. Whoever writes waits neither
/// for the disk nor for the client: not for a subscriber that does not read either, while a script holds a queue's lock.
/// </summary>
internal sealed unsafe class HeldReplies : NetworkSenderBase, IDisposable
{
    // As large as Garnet's own.
    private const int PageBytes = 128 * 1024;

    private readonly INetworkSender _connection;
    private readonly ReplySender _sender;
    private readonly CommitGate _gate;
    private readonly GroupCommit _commits;
    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(PageBytes, pinned: true);
    private readonly byte* _head;

    // Whoever writes to the page. A thread can come to it again: a connection that subscribes, and whose own command publishes.
    private readonly Lock _turn = new();
    private int _depth;

    // How much of the page has been sent from within, while what is around it goes on writing behind.
    private int _sent;

    private readonly Lock _lock = new();
    private List<byte[]> _held = [];
    private List<byte[]> _sealed = [];
    private bool _isRequested;
    private bool _isDead;

    public HeldReplies(INetworkSender connection, CommitGate gate, GroupCommit commits)
        : base(PageBytes)
    {
        _connection = connection;
        _sender = ReplySender.For((GarnetTcpNetworkSender)connection);
        _gate = gate;
        _commits = commits;
        fixed (byte* head = _page)
        {
            _head = head;
        }
    }

    public override string RemoteEndpointName => _connection.RemoteEndpointName;

    public override string LocalEndpointName => _connection.LocalEndpointName;

    public override bool IsLocalConnection() => _connection.IsLocalConnection();

    // The gate first: whoever is inside may want to push a message to this connection.
    public override void Enter()
    {
        _gate.Enter();
        _turn.Enter();
        if (_depth++ == 0)
        {
            _sent = 0;
        }
    }

    public override void EnterAndGetResponseObject(out byte* head, out byte* tail)
    {
        Enter();
        var next = _head;
        if (_depth > 1)
        {
            // A message to itself. Garnet keeps here where it writes next: behind the replies to the commands before. That to the
            // command which publishes comes behind the message.
            fixed (byte** written = &head)
            {
                next = *written >= _head + _sent && *written <= _head + PageBytes ? *written : _head + _sent;
            }
        }

        head = next;
        tail = _head + PageBytes;
    }

    public override void Exit()
    {
        var requests = false;
        if (--_depth == 0)
        {
            lock (_lock)
            {
                requests = _held.Count > 0 && !_isRequested && !_isDead;
                _isRequested |= requests;
            }
        }

        _turn.Exit();
        _gate.Leave();
        if (requests)
        {
            _commits.Request(this);
        }
    }

    public override void ExitAndReturnResponseObject() => Exit();

    // Asked for once the page was sent: it is written anew.
    public override void GetResponseObject() => _sent = 0;

    public override void ReturnResponseObject()
    {
    }

    public override byte* GetResponseObjectHead() => _head + _sent;

    public override byte* GetResponseObjectTail() => _head + PageBytes;

    public override bool SendResponse(int offset, int size)
    {
        var start = _sent + offset;
        if (_depth > 1)
        {
            _sent = start + size;
        }

        var reply = _page.AsSpan(start, size).ToArray();
        if (_sender.TryOwe(size))
        {
            lock (_lock)
            {
                if (!_isDead)
                {
                    _held.Add(reply);
                    return true;
                }
            }
        }

        Abandon();
        return false;
    }

    public override void SendResponse(byte[] buffer, int offset, int count, object context) =>
        _connection.SendResponse(buffer, offset, count, context);

    public override void SendCallback(object context) => _connection.SendCallback(context);

    public override void Throttle()
    {
    }

    public override bool TryClose() => _connection.TryClose();

    public override void DisposeNetworkSender(bool waitForSendCompletion)
    {
        if (waitForSendCompletion && _sender.TryEndLater(() => _connection.DisposeNetworkSender(waitForSendCompletion: true)))
        {
            return;
        }

        Die();
        _connection.DisposeNetworkSender(waitForSendCompletion);
    }

    public override void Dispose()
    {
        Die();
        _connection.Dispose();
    }

    /// <summary>Marks what the coming commit will cover.</summary>
    public void Seal()
    {
        lock (_lock)
        {
            (_sealed, _held) = (_held, _sealed);
            _isRequested = false;
        }
    }

    /// <summary>What was sealed is on disk: it may go.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _sender.Send(_sealed);
            _sealed.Clear();
        }
    }

    /// <summary>Ends the connection without an answer: the client learns that the outcome is unknown.</summary>
    public void Abandon()
    {
        Die();
        _connection.TryClose();
    }

    private void Die()
    {
        lock (_lock)
        {
            _isDead = true;
            _held.Clear();
            _sealed.Clear();
        }

        _sender.End();
    }
}

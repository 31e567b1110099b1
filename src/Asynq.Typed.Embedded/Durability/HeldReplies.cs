using Garnet.networking;

namespace Asynq.Typed.Embedded;

/// <summary>
/// What Garnet sends on one connection, held back until that which it acknowledges is on disk. Whoever writes waits neither
/// for the disk nor for the client: not for a subscriber that does not read either, while a script holds a queue's lock.
/// </summary>
internal sealed unsafe class HeldReplies : NetworkSenderBase, IThreadPoolWorkItem, IDisposable
{
    // As large as Garnet's own; what is longer is handed over in several pieces.
    private const int PageBytes = 128 * 1024;

    // Beyond this a client that does not read is disconnected.
    private const int MostUnsentBytes = 256 * 1024 * 1024;

    private readonly INetworkSender _connection;
    private readonly CommitGate _gate;
    private readonly GroupCommit _commits;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(PageBytes, pinned: true);
    private readonly byte* _head;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _released = new();
    private List<byte[]> _held = [];
    private List<byte[]> _sealed = [];
    private long _unsent;
    private bool _isRequested;
    private bool _isSending;
    private bool _endsWhenSent;
    private bool _isDead;

    public HeldReplies(INetworkSender connection, CommitGate gate, GroupCommit commits)
        : base(PageBytes)
    {
        _connection = connection;
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
        _turn.Wait();
    }

    public override void EnterAndGetResponseObject(out byte* head, out byte* tail)
    {
        Enter();
        head = _head;
        tail = _head + PageBytes;
    }

    public override void Exit()
    {
        bool requests;
        lock (_lock)
        {
            requests = _held.Count > 0 && !_isRequested && !_isDead;
            _isRequested |= requests;
        }

        _turn.Release();
        _gate.Leave();
        if (requests)
        {
            _commits.Request(this);
        }
    }

    public override void ExitAndReturnResponseObject() => Exit();

    public override void GetResponseObject()
    {
    }

    public override void ReturnResponseObject()
    {
    }

    public override byte* GetResponseObjectHead() => _head;

    public override byte* GetResponseObjectTail() => _head + PageBytes;

    public override bool SendResponse(int offset, int size)
    {
        var reply = _page.AsSpan(offset, size).ToArray();
        lock (_lock)
        {
            if (_isDead)
            {
                return false;
            }

            _held.Add(reply);
            _unsent += size;
            if (_unsent <= MostUnsentBytes)
            {
                return true;
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
        lock (_lock)
        {
            if (waitForSendCompletion && !_isDead && _unsent > 0)
            {
                _endsWhenSent = true;
                return;
            }

            _isDead = true;
        }

        _connection.DisposeNetworkSender(waitForSendCompletion);
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _isDead = true;
        }

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
            foreach (var reply in _sealed)
            {
                _released.Enqueue(reply);
            }

            _sealed.Clear();
            if (_isSending || _isDead)
            {
                return;
            }

            _isSending = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Ends the connection without an answer: the client learns that the outcome is unknown.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isDead = true;
            _held.Clear();
            _sealed.Clear();
            _released.Clear();
        }

        _connection.TryClose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            while (NextReleased() is { } reply)
            {
                Send(reply);
            }
        }
#pragma warning disable CA1031 // Each of the ways in which a connection can be over ends here
        catch (Exception)
#pragma warning restore CA1031
        {
            Abandon();
        }
    }

    private byte[]? NextReleased()
    {
        lock (_lock)
        {
            if (!_isDead && _released.TryDequeue(out var reply))
            {
                _unsent -= reply.Length;
                return reply;
            }

            _isSending = false;
            if (!_endsWhenSent || _isDead || _unsent > 0)
            {
                return null;
            }

            _isDead = true;
        }

        _connection.DisposeNetworkSender(waitForSendCompletion: true);
        return null;
    }

    private void Send(byte[] reply)
    {
        var rest = reply.AsSpan();
        while (!rest.IsEmpty)
        {
            _connection.EnterAndGetResponseObject(out var head, out var tail);
            try
            {
                var piece = rest[..(int)Math.Min(rest.Length, tail - head)];
                piece.CopyTo(new Span<byte>(head, piece.Length));
                _connection.SendResponse(0, piece.Length);
                rest = rest[piece.Length..];
            }
            finally
            {
                _connection.ExitAndReturnResponseObject();
            }
        }
    }
}

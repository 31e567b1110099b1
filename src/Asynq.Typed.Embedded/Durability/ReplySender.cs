using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Garnet.common;

namespace Asynq.Typed.Embedded;

/// <summary>
/// Sends what one connection is owed, one piece after the other. By the socket itself: Garnet's own sender blocks a thread of
/// the pool once eight pieces are on their way, so that a few clients which do not read would leave no thread for the others.
/// </summary>
/// <param name="socket">The connection's.</param>
internal sealed class ReplySender(Socket socket) : IThreadPoolWorkItem
{
    // Beyond this a client that does not read is disconnected.
    private const int MostUnsentBytes = 256 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _queue = new();
    private long _unsent;
    private bool _isSending;
    private bool _isDead;
    private Action? _whenSent;

    /// <summary>Makes sure, at the start, that the version of Garnet has what is used of it.</summary>
    /// <exception cref="MissingFieldException">It has not.</exception>
    public static void Check() =>
        SocketOf((GarnetTcpNetworkSender)RuntimeHelpers.GetUninitializedObject(typeof(GarnetTcpNetworkSender)));

    /// <summary>The sender for a connection of Garnet's.</summary>
    public static ReplySender For(GarnetTcpNetworkSender connection) => new(SocketOf(connection));

    /// <summary>Takes note of what is going to be sent. False where the connection is over, or the client owes too much reading.</summary>
    public bool TryOwe(int size)
    {
        lock (_lock)
        {
            _unsent += size;
            return !_isDead && _unsent <= MostUnsentBytes;
        }
    }

    /// <summary>Sends what was taken note of. Does not wait.</summary>
    public void Send(List<byte[]> replies)
    {
        lock (_lock)
        {
            foreach (var reply in replies)
            {
                _queue.Enqueue(reply);
            }

            if (_isSending || _isDead)
            {
                return;
            }

            _isSending = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Has <paramref name="whenSent"/> called once all that is owed is sent; false where that is so already.</summary>
    public bool TryEndLater(Action whenSent)
    {
        lock (_lock)
        {
            if (_isDead || _unsent == 0)
            {
                _isDead = true;
                return false;
            }

            _whenSent = whenSent;
            return true;
        }
    }

    /// <summary>Sends no more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isDead = true;
            _queue.Clear();
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    private async Task SendAsync()
    {
        try
        {
            for (var sent = 0; Next(sent) is { } reply; sent = reply.Length)
            {
                ReadOnlyMemory<byte> rest = reply;
                while (rest.Length > 0)
                {
                    rest = rest[await socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false)..];
                }
            }
        }
#pragma warning disable CA1031 // Each of the ways in which a connection can be over ends here
        catch (Exception)
#pragma warning restore CA1031
        {
            End();
            socket.Close();
        }
    }

    private byte[]? Next(int sent)
    {
        Action whenSent;
        lock (_lock)
        {
            _unsent -= sent;
            if (!_isDead && _queue.TryDequeue(out var reply))
            {
                return reply;
            }

            _isSending = false;
            if (_whenSent is null || _isDead || _unsent > 0)
            {
                return null;
            }

            _isDead = true;
            whenSent = _whenSent;
        }

        whenSent();
        return null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "socket")]
    private static extern ref Socket SocketOf(GarnetTcpNetworkSender connection);
}

using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;

namespace Asynq.Typed;

/// <summary>
/// Looks into queues, and changes what is in them: what asynq's inspector does, and its command-line tool and web UI show.
/// Safe for concurrent use. <c>AddAsynq()</c> registers it, and <see cref="ConnectAsync(string, CancellationToken)"/> makes
/// one without a container.
/// </summary>
/// <remarks>
/// Pages are counted from 1. A page behind the last one is empty; a page or page size below 1 is an
/// <see cref="ArgumentOutOfRangeException"/>. Every method throws <see cref="ArgumentException"/> for a name or an id that
/// cannot be one, and <see cref="RedisUnreachableException"/> where Redis cannot be reached.
/// </remarks>
public sealed partial class AsynqInspector : IAsyncDisposable, IDisposable
{
    /// <summary>Items of a page where the call does not say: 30, as in asynq.</summary>
    public const int DefaultPageSize = 30;

    private readonly BrokerSource _source;
    private readonly TransformChain _transforms;
    private readonly bool _ownsSource;

    internal AsynqInspector(BrokerSource source, TransformChain? transforms = null, bool ownsSource = false)
    {
        _source = source;
        _transforms = transforms ?? TransformChain.None;
        _ownsSource = ownsSource;
    }

    /// <summary>Connects an inspector of its own, which is to be disposed.</summary>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached; the message names the address and the
    /// reason.</exception>
    public static Task<AsynqInspector> ConnectAsync(string connectionString, CancellationToken cancellationToken = default) =>
        ConnectAsync(connectionString, [], cancellationToken);

    /// <summary>Connects an inspector of its own, which is to be disposed, and which reads and writes transformed payloads.</summary>
    /// <inheritdoc cref="ConnectAsync(string, CancellationToken)"/>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="transforms">The transforms, in the order in which they are applied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The transforms do not go together; the message says why.</exception>
    public static async Task<AsynqInspector> ConnectAsync(
        string connectionString, IEnumerable<PayloadTransform> transforms, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentNullException.ThrowIfNull(transforms);
        var chain = new TransformChain(transforms);
        var source = await BrokerSource.ConnectAsync(connectionString, cancellationToken).ConfigureAwait(false);
        return new AsynqInspector(source, chain, ownsSource: true);
    }

    /// <summary>Closes the connection, if the inspector made it; one of a container stays open.</summary>
    public ValueTask DisposeAsync() => _ownsSource ? _source.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for those who dispose synchronously: the connection is closed, but not waited for.
    /// </summary>
    public void Dispose()
    {
        if (_ownsSource)
        {
            _source.Dispose();
        }
    }

    private ValueTask<Broker> BrokerAsync(CancellationToken cancellationToken) => _source.GetAsync(cancellationToken);

    /// <summary>The broker, where the queue's name can be one.</summary>
    private ValueTask<Broker> BrokerAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        _ = Keys.Of(queue);
        return BrokerAsync(cancellationToken);
    }

    /// <summary>The broker, where there is such a queue.</summary>
    private async Task<Broker> BrokerOfExistingAsync(string queue, CancellationToken cancellationToken)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.QueueExistsAsync(queue, cancellationToken).ConfigureAwait(false)
            ? broker
            : throw new QueueNotFoundException(queue);
    }

    private static void RequirePage(int page, int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(page, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
    }
}

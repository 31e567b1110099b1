using System.Collections.Concurrent;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>
/// One producer and two workers on a queue, as a client and a server do it: what fails is tried again, what may have
/// been done under the same id.
/// </summary>
internal sealed class Traffic(Broker broker, string queue)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ConcurrentBag<string> _sent = [];
    private readonly ConcurrentBag<string> _fetched = [];
    private readonly ConcurrentBag<string> _done = [];
    private volatile bool _stopped;

    internal int Done => _done.Count;

    internal void Stop() => _stopped = true;

    internal Task RunAsync(CancellationToken ct) => Task.WhenAll(
        Task.Run(() => ProduceAsync(ct), ct), Task.Run(() => WorkAsync(ct), ct), Task.Run(() => WorkAsync(ct), ct));

    internal async Task UntilDoneAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Done < count)
        {
            await Task.Delay(Interval, patience.Token);
        }
    }

    /// <summary>Waits until nothing has been finished for some time: the queue is not being served.</summary>
    internal async Task UntilIdleAsync(TimeSpan time)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var done = -1; done != Done;)
        {
            done = Done;
            await Task.Delay(time, patience.Token);
        }
    }

    /// <summary>Every task that was enqueued was fetched once and finished once.</summary>
    internal void AssertEachOnce()
    {
        Assert.NotEmpty(_sent);
        Assert.Equal(_sent.Order(StringComparer.Ordinal), _fetched.Order(StringComparer.Ordinal));
        Assert.Equal(_sent.Order(StringComparer.Ordinal), _done.Order(StringComparer.Ordinal));
    }

    private async Task ProduceAsync(CancellationToken ct)
    {
        for (var number = 0; !_stopped; number++)
        {
            var message = Message($"t{number}", queue);
            var outcome = await PersistAsync(() => broker.EnqueueAsync(message, ct), ct);

            // An enqueue whose answer was missed may have been stored: then its own id is in the way.
            Assert.True(outcome is EnqueueOutcome.Enqueued or EnqueueOutcome.IdConflict);
            _sent.Add(message.Id);
            await Task.Delay(Interval, ct);
        }
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!_stopped || _done.Count < _sent.Count)
        {
            var tasks = (await PersistAsync(() => broker.DequeueAsync(queue, 3, Lease, ct), ct)).Tasks;
            foreach (var task in tasks)
            {
                _fetched.Add(task.Id);
                Assert.Equal(LeaseOutcome.Written, await PersistAsync(() => broker.DoneAsync(task, ct), ct));
                _done.Add(task.Id);
            }

            if (tasks.Count == 0)
            {
                await Task.Delay(Interval, ct);
            }
        }
    }

    private static async Task<T> PersistAsync<T>(Func<Task<T>> call, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
            {
                await Task.Delay(Interval, patience.Token);
            }
        }
    }
}

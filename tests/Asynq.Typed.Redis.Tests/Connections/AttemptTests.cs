using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>An attempt to connect that nobody waits for any more.</summary>
public sealed class AttemptTests
{
    [Fact]
    public async Task An_attempt_that_fails_when_all_gave_up_is_no_unobserved_error()
    {
        var unobserved = new ConcurrentBag<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Add(args.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await AbandonAsync("of a source");

            // Off the stack of what holds the attempt.
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain(unobserved, error => error.ToString().Contains("of a source", StringComparison.Ordinal));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AbandonAsync(string message)
    {
        var connecting = new TaskCompletionSource<RedisConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = new TaskCompletionSource<RedisConnection>();
        var attempts = 0;
        var source = new BrokerSource(
            _ => new ValueTask<RedisConnection>(Interlocked.Increment(ref attempts) == 1 ? connecting.Task : next.Task),
            TimeProvider.System);
        using var cancelling = new CancellationTokenSource();
        var getting = source.GetAsync(cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting);

        connecting.SetException(new InvalidOperationException(message));

        // The next is begun when the first is over.
        while (Volatile.Read(ref attempts) < 2)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.GetAsync(cancelling.Token).AsTask());
        }
    }
}

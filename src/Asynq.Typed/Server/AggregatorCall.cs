using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Calls aggregators: each in a scope of its own, with a token that ends in time, and never for ever.</summary>
internal sealed class AggregatorCall(IServiceScopeFactory scopes, TimeProvider time, ILogger logger)
{
    /// <summary>How long an aggregator is waited for once its token is cancelled.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly record struct Answer(AggregatedBatch? Batch, Exception? Error);

    /// <summary>What the aggregator makes of a part.</summary>
    /// <param name="group">The group.</param>
    /// <param name="part">The tasks.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="stopping">Cancelled when the server shuts down.</param>
    /// <exception cref="Exception">Whatever the aggregator throws.</exception>
    /// <exception cref="TimeoutException">It has not returned.</exception>
    internal async Task<AggregatedBatch?> RunAsync(
        GroupContext group, GroupPart part, TimeSpan limit, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        if (limit <= TimeSpan.Zero)
        {
            throw new TimeoutException("No time was left until the set's deadline.");
        }

        // By itself, because an aggregator may block its thread, or never return: then it is left to itself.
        var call = Task.Run(() => CallAsync(group, part, limit, stopping), CancellationToken.None);
        if (!await call.EndsWithinAsync(limit + Patience, time, CancellationToken.None).ConfigureAwait(false))
        {
            throw new TimeoutException(
                $"The aggregator did not return within {limit}, when its token was cancelled; it is not waited for.");
        }

        var answer = await call.ConfigureAwait(false);
        return answer.Error is null ? answer.Batch : throw answer.Error;
    }

    private async Task<Answer> CallAsync(GroupContext group, GroupPart part, TimeSpan limit, CancellationToken stopping)
    {
        // Neither linked nor with a timer of its own: what the aggregator's callbacks throw would reach whoever cancels it.
        var ending = new CancellationTokenSource();
        await using var timeout = time.CreateTimer(Cancel, ending, limit, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        await using var shutdown = stopping.UnsafeRegister(Cancel, ending).ConfigureAwait(false);
        var scope = scopes.CreateAsyncScope();
        try
        {
            return new Answer(
                await part.AggregateAsync(group, scope.ServiceProvider, ending.Token).ConfigureAwait(false), null);
        }
        catch (Exception exception)
        {
            return new Answer(null, exception);
        }
        finally
        {
            await DisposeAsync(scope, group).ConfigureAwait(false);
        }
    }

    private static void Cancel(object? ending) => CancelAside.Cancel((CancellationTokenSource)ending!);

    private async Task DisposeAsync(AsyncServiceScope scope, GroupContext group)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.GroupScopeFailed(logger, group.Name, group.Queue, exception);
        }
    }
}

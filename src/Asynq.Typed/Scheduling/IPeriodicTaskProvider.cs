using Microsoft.Extensions.Primitives;

namespace Asynq.Typed;

/// <summary>Gives a scheduler the periodic tasks that it is to have now.</summary>
public interface IPeriodicTaskProvider
{
    /// <summary>
    /// All of this provider's tasks. An exception leaves the scheduler with those of the last call that succeeded; so does a call
    /// that does not return, for it is not asked again before.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the scheduler stops.</param>
    ValueTask<IReadOnlyCollection<PeriodicTask>> GetTasksAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A token that fires when the tasks have changed, upon which they are asked for at once, and a new token with them.
    /// Default: <c>null</c>, they are asked for at the interval only; so they are where the token throws.
    /// </summary>
    IChangeToken? GetChangeToken() => null;
}

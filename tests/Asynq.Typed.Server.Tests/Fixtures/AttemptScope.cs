namespace Asynq.Typed.Server.Tests;

/// <summary>A service of each attempt's scope: what the attempt's parts tell each other, and when it is over.</summary>
internal sealed class AttemptScope(AttemptScope.Log log) : IDisposable
{
    /// <summary>Set by whoever prepares the scope.</summary>
    public string? Tenant { get; set; }

    public void Dispose() => log.Over.TrySetResult();

    /// <summary>What is known of the scopes of a host.</summary>
    internal sealed class Log
    {
        /// <summary>Completes when a scope in which the service was used has been disposed.</summary>
        internal TaskCompletionSource Over { get; } = new();
    }
}

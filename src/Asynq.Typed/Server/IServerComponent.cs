namespace Asynq.Typed.Server;

/// <summary>One of the parts that a running server is made of.</summary>
internal interface IServerComponent
{
    /// <summary>Begins its work in the background.</summary>
    void Start();

    /// <summary>Ends its work, and returns once it has. Never throws; the token shortens a wait, it does not skip it.</summary>
    Task ShutdownAsync(CancellationToken cancellationToken);
}

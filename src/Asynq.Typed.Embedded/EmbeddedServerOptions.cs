namespace Asynq.Typed;

/// <summary>Options of the <see cref="EmbeddedServer"/>.</summary>
public sealed class EmbeddedServerOptions
{
    /// <summary>
    /// Directory that the tasks are kept in, so that they outlive the process: every write is on disk before it is
    /// acknowledged, and after a crash a script is there as a whole or not at all. Made where it is missing; at most one
    /// server at a time may use it. <c>null</c>, the default, keeps everything in memory: it is gone when the server stops.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>Loopback port to listen on, 1 to 65535. <c>null</c>, the default, takes any free one.</summary>
    public int? Port { get; set; }
}

namespace Asynq.Typed.Testing;

/// <summary>How a test's redis-server is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>
    /// Arguments after the usual ones, which they override. <c>{port}</c> stands for the server's port and
    /// <c>{directory}</c> for its directory.
    /// </summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The port; by default any free one.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Lines of a configuration file, with the same placeholders. A sentinel needs one, as it writes to it.
    /// </summary>
    public IReadOnlyList<string>? ConfigurationFile { get; init; }

    /// <summary>Whether to run as a sentinel.</summary>
    public bool Sentinel { get; init; }
}

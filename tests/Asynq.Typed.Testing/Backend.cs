namespace Asynq.Typed.Testing;

/// <summary>The servers that every test of the protocol runs on.</summary>
public enum Backend
{
    /// <summary>A redis-server of the test's own.</summary>
    Redis,

    /// <summary>The embedded server, in the test process.</summary>
    Embedded,
}

using Microsoft.Extensions.Time.Testing;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A turned clock that can be set, too, which leaves its timestamps alone, as it is with a machine's.</summary>
internal sealed class SettableTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>How far the clock is from where it would be without having been set.</summary>
    internal TimeSpan Set { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}

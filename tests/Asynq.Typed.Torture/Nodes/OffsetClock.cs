namespace Asynq.Typed.Torture.Nodes;

/// <summary>A clock that is ahead of the machine's, or behind it.</summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
}

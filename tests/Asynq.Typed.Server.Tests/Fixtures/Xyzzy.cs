namespace Asynq.Typed.Server.Tests;

// All types have a word in their names that no member, value or task type has: where it turns up, a type's name has got there.
public enum XyzzyKind
{
    First = 0,
    Second = 1,
}

[PayloadUnion(0, typeof(XyzzyCircle))]
[PayloadUnion(1, typeof(XyzzySquare))]
public abstract record XyzzyShape;

public sealed record XyzzyCircle(double Radius) : XyzzyShape;

public sealed record XyzzySquare(double Side, XyzzyShape? Inside) : XyzzyShape;

public readonly record struct XyzzyPoint(int X, decimal Y);

/// <summary>A member of every kind.</summary>
public sealed record XyzzyMembers(
    string Text,
    XyzzyKind Kind,
    XyzzyKind? MaybeKind,
    XyzzyShape Shape,
    List<XyzzyShape> Shapes,
    XyzzyPoint Point,
    XyzzyPoint? MaybePoint,
    (int Left, XyzzyPoint Right) Pair,
    Dictionary<XyzzyKind, XyzzyPoint[]> ByKind,
    IReadOnlyDictionary<string, List<XyzzyShape>> ByName,
    DateTimeOffset At,
    TimeSpan Took,
    Guid Id,
    byte[] Bytes,
    Uri Uri,
    Version Number)
{
    public static XyzzyMembers Any { get; } = new(
        "text", XyzzyKind.Second, XyzzyKind.First, new XyzzyCircle(1.5), [new XyzzySquare(2, new XyzzyCircle(3))],
        new(1, 2.5m), new(3, 4), (5, new(6, 7)), new() { [XyzzyKind.Second] = [new(8, 9)] },
        new Dictionary<string, List<XyzzyShape>> { ["name"] = [new XyzzySquare(10, null)] },
        DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(11), Guid.Empty, [12], new Uri("https://example.com"), new Version(1, 2));
}

[AsynqTask("wire:packed", Result = typeof(XyzzyMembers), RetentionSeconds = 3_600)]
public sealed partial record XyzzyPacked(XyzzyMembers Members);

[AsynqTask("wire:json", Format = PayloadFormat.Json, Result = typeof(XyzzyMembers), RetentionSeconds = 3_600)]
public sealed partial record XyzzyJson(XyzzyMembers Members);

[AsynqTask("wire:part")]
public sealed partial record XyzzyPart(XyzzyMembers Members);

internal sealed class XyzzyHandler(JobHandling handling) : IHandle<XyzzyPacked, XyzzyMembers>, IHandle<XyzzyJson, XyzzyMembers>
{
    public Task<XyzzyMembers> HandleAsync(XyzzyPacked task, TaskContext context, CancellationToken cancellationToken) =>
        HandleAsync(task.Members, context, cancellationToken);

    public Task<XyzzyMembers> HandleAsync(XyzzyJson task, TaskContext context, CancellationToken cancellationToken) =>
        HandleAsync(task.Members, context, cancellationToken);

    private async Task<XyzzyMembers> HandleAsync(XyzzyMembers members, TaskContext context, CancellationToken cancellationToken)
    {
        await handling(new Job(members.Text), context, cancellationToken);
        return members;
    }
}

internal sealed class XyzzyAggregator : IAggregate<XyzzyPart, XyzzyPacked>
{
    public ValueTask<AggregateResult<XyzzyPacked>> AggregateAsync(
        GroupContext group, IReadOnlyList<XyzzyPart> tasks, CancellationToken cancellationToken) =>
        new(new XyzzyPacked(tasks[0].Members));
}

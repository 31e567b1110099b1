using System.Buffers;
using System.Collections.Concurrent;

namespace Asynq.Typed.Server.Tests;

/// <summary>A task that comes in groups.</summary>
[AsynqTask("test:note")]
public sealed partial record Note(string Text);

/// <summary>Another that comes in groups.</summary>
[AsynqTask("test:memo")]
public sealed partial record Memo(string Text);

/// <summary>Says that it is a <see cref="Note"/>, and is not one.</summary>
internal sealed record GarbledNote : IAsynqTask<GarbledNote>
{
    static TaskDescriptor IAsynqTask<GarbledNote>.Descriptor { get; } = new("test:note");

    static void IAsynqTask<GarbledNote>.Write(IBufferWriter<byte> output, GarbledNote task) =>
        output.Write((ReadOnlySpan<byte>)[0xc1, 0xff]);

    static GarbledNote IAsynqTask<GarbledNote>.Read(ReadOnlyMemory<byte> payload) => new();
}

/// <summary>What is made of them.</summary>
[AsynqTask("test:digest")]
public sealed partial record Digest(string Of, IReadOnlyList<string> Texts);

/// <summary>What a test wants its aggregators to do, and what came of it.</summary>
internal sealed class Groups
{
    public Func<GroupContext, IReadOnlyList<string>, CancellationToken, ValueTask<AggregateResult<Digest>>> Notes { get; set; } =
        static (_, texts, _) => new(new Digest("notes", texts));

    public Func<GroupContext, IReadOnlyList<string>, CancellationToken, ValueTask<AggregateResult<Digest>>> Memos { get; set; } =
        static (_, texts, _) => new(new Digest("memos", texts));

    /// <summary>The digests that were handled, as <c>notes in QUEUE: a, b</c>.</summary>
    public ConcurrentQueue<string> Digests { get; } = new();

    /// <summary>The ids of other tasks that were handled.</summary>
    public ConcurrentQueue<string> Singles { get; } = new();
}

internal sealed class NoteAggregator(Groups groups) : IAggregate<Note, Digest>
{
    public ValueTask<AggregateResult<Digest>> AggregateAsync(
        GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) =>
        groups.Notes(group, [.. tasks.Select(note => note.Text)], cancellationToken);
}

internal sealed class MemoAggregator(Groups groups) : IAggregate<Memo, Digest>
{
    public ValueTask<AggregateResult<Digest>> AggregateAsync(
        GroupContext group, IReadOnlyList<Memo> tasks, CancellationToken cancellationToken) =>
        groups.Memos(group, [.. tasks.Select(memo => memo.Text)], cancellationToken);
}

internal sealed class DigestHandler(Groups groups) : IHandle<Digest>, IHandle<Note>
{
    public Task HandleAsync(Digest task, TaskContext context, CancellationToken cancellationToken)
    {
        groups.Digests.Enqueue($"{task.Of} in {context.Queue}: {string.Join(", ", task.Texts)}");
        return Task.CompletedTask;
    }

    public Task HandleAsync(Note task, TaskContext context, CancellationToken cancellationToken)
    {
        groups.Singles.Enqueue(context.TaskId);
        return Task.CompletedTask;
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>What most tests enqueue.</summary>
[AsynqTask("test:letter")]
public sealed partial record Letter(string Text);

/// <summary>A task that comes in groups.</summary>
[AsynqTask("test:note")]
public sealed partial record Note(string Text);

/// <summary>What is made of notes.</summary>
[AsynqTask("test:digest")]
public sealed partial record Digest(IReadOnlyList<string> Texts);

/// <summary>A task with a typed result.</summary>
[AsynqTask("test:question", RetentionSeconds = 3600, Result = typeof(Answer))]
public sealed partial record Question(string Text);

/// <summary>The result of a question.</summary>
public sealed record Answer(string Text, int Length);

internal sealed class QuestionHandler : IHandle<Question, Answer>
{
    public Task<Answer> HandleAsync(Question task, TaskContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new Answer($"answer to {task.Text}", task.Text.Length));
}

/// <summary>A task of which only a part makes it unique.</summary>
internal sealed record Order(string Number, string Comment) : IAsynqTask<Order>
{
    static TaskDescriptor IAsynqTask<Order>.Descriptor { get; } = new("test:order") { UniqueFor = TimeSpan.FromHours(1) };

    static void IAsynqTask<Order>.Write(IBufferWriter<byte> output, Order task) =>
        output.Write(Encoding.UTF8.GetBytes($"{task.Number}|{task.Comment}"));

    static bool IAsynqTask<Order>.WriteUniqueKey(IBufferWriter<byte> output, Order task)
    {
        output.Write(Encoding.UTF8.GetBytes(task.Number));
        return true;
    }

    static Order IAsynqTask<Order>.Read(ReadOnlyMemory<byte> payload)
    {
        var parts = Encoding.UTF8.GetString(payload.Span).Split('|');
        return new Order(parts[0], parts[1]);
    }
}

/// <summary>What a test wants its handler to do.</summary>
internal delegate Task LetterHandling(Letter letter, TaskContext context, CancellationToken cancellationToken);

internal sealed class LetterHandler(LetterHandling handling) : IHandle<Letter>
{
    public Task HandleAsync(Letter task, TaskContext context, CancellationToken cancellationToken) =>
        handling(task, context, cancellationToken);
}

/// <summary>The digests that were handled.</summary>
internal sealed class Digests : ConcurrentQueue<string>;

internal sealed class NoteAggregator(Digests digests) : IAggregate<Note, Digest>, IHandle<Digest>
{
    public ValueTask<AggregateResult<Digest>> AggregateAsync(
        GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) =>
        new(new Digest([.. tasks.Select(note => note.Text)]));

    public Task HandleAsync(Digest task, TaskContext context, CancellationToken cancellationToken)
    {
        digests.Enqueue(string.Join(", ", task.Texts.Order(StringComparer.Ordinal)));
        return Task.CompletedTask;
    }
}

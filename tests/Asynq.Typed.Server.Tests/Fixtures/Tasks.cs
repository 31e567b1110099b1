using System.Buffers;

[assembly: Asynq.Typed.HandledElsewhere(typeof(Asynq.Typed.Server.Tests.Stranger))]

namespace Asynq.Typed.Server.Tests;

/// <summary>The task that most tests enqueue. What its handler does is up to the test.</summary>
[AsynqTask("test:job")]
public sealed partial record Job(string Text);

/// <summary>A task that nobody handles.</summary>
[AsynqTask("test:stranger")]
public sealed partial record Stranger(string Text);

/// <summary>Says that it is a <see cref="Job"/>, and is not one.</summary>
internal sealed record Garbled : IAsynqTask<Garbled>
{
    static TaskDescriptor IAsynqTask<Garbled>.Descriptor { get; } = new("test:job");

    static void IAsynqTask<Garbled>.Write(IBufferWriter<byte> output, Garbled task) => output.Write((ReadOnlySpan<byte>)[0xc1, 0xff]);

    static Garbled IAsynqTask<Garbled>.Read(ReadOnlyMemory<byte> payload) => new();
}

/// <summary>What a test wants its handler to do.</summary>
internal delegate Task JobHandling(Job job, TaskContext context, CancellationToken cancellationToken);

internal sealed class JobHandler(JobHandling handling) : IHandle<Job>
{
    public Task HandleAsync(Job task, TaskContext context, CancellationToken cancellationToken) =>
        handling(task, context, cancellationToken);
}

/// <summary>A task that is answered.</summary>
[AsynqTask("test:question", RetentionSeconds = 60, Result = typeof(Answer))]
public sealed partial record Question(string Text);

/// <summary>What it is answered with.</summary>
public sealed record Answer(string To, int Value);

internal sealed class QuestionHandler : IHandle<Question, Answer>
{
    public Task<Answer> HandleAsync(Question task, TaskContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new Answer(task.Text, 42));
}

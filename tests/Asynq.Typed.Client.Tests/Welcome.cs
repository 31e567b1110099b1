using System.Buffers;

namespace Asynq.Typed.Client.Tests;

/// <summary>A task whose payload is the bytes that the test gives, so that they can be compared with recorded ones.</summary>
internal record Welcome(byte[] Payload) : IAsynqTask<Welcome>
{
    internal const string TypeName = "email:welcome";

    static TaskDescriptor IAsynqTask<Welcome>.Descriptor { get; } = new(TypeName);

    static void IAsynqTask<Welcome>.Write(IBufferWriter<byte> output, Welcome task)
    {
        if (task.GetType() != typeof(Welcome))
        {
            throw new PayloadException($"{task.GetType()} is derived from {nameof(Welcome)}.");
        }

        output.Write(task.Payload);
    }

    static Welcome IAsynqTask<Welcome>.Read(ReadOnlyMemory<byte> payload) => new(payload.ToArray());
}

/// <summary>A task whose type has defaults of its own for everything.</summary>
internal sealed record Digest(byte[] Payload) : IAsynqTask<Digest>
{
    static TaskDescriptor IAsynqTask<Digest>.Descriptor { get; } = new("digest")
    {
        Queue = "low",
        MaxRetry = 3,
        Timeout = TimeSpan.FromMinutes(2),
        Retention = TimeSpan.FromHours(1),
        UniqueFor = TimeSpan.FromMinutes(10),
    };

    static void IAsynqTask<Digest>.Write(IBufferWriter<byte> output, Digest task) => output.Write(task.Payload);

    static Digest IAsynqTask<Digest>.Read(ReadOnlyMemory<byte> payload) => new(payload.ToArray());
}

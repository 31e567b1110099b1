using System.Buffers;
using System.Text;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>A typed task.</summary>
internal sealed record Report(string Name) : IAsynqTask<Report>
{
    internal const string TypeName = "report:daily";

    static TaskDescriptor IAsynqTask<Report>.Descriptor { get; } = new(TypeName) { Queue = "low", MaxRetry = 3 };

    static void IAsynqTask<Report>.Write(IBufferWriter<byte> output, Report task) =>
        output.Write(Encoding.UTF8.GetBytes(task.Name));

    static Report IAsynqTask<Report>.Read(ReadOnlyMemory<byte> payload) => new(Encoding.UTF8.GetString(payload.Span));
}

using System.Buffers;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:plain-json", Format = PayloadFormat.Json)]
public sealed partial record PlainJson(
    long Id, string Text, double Price, decimal Total, DateTime At, DateTimeOffset Local, Guid Guid, List<Line> Lines, byte[] Bytes);

[AsynqTask("test:plain")]
public sealed partial record Plain(
    long Id,
    [UniqueKey] string Text,
    double Price,
    decimal Total,
    DateTime At,
    DateTimeOffset Local,
    Guid Guid,
    List<Line> Lines,
    byte[] Bytes,
    Dictionary<string, int> Counts);

/// <summary>What writing costs the garbage collector: nothing.</summary>
public class AllocationTests
{
    private const int Rounds = 100;

    private static readonly DateTime At = new(2026, 11, 23, 4, 5, 6, DateTimeKind.Utc);
    private static readonly DateTimeOffset Local = new(2026, 11, 23, 4, 5, 6, TimeSpan.FromHours(1));

    [Fact]
    public void Writing_MessagePack_allocates_nothing()
    {
        var task = new Plain(1, "text", 1.5, 2.50m, At, Local, Guid.Empty, [new("a", 1), new("é", 2)], [1, 2], new() { ["a"] = 1 });

        Assert.Equal(0, Allocated(output => Write(output, task)));
        Assert.Equal(0, Allocated(output => WriteKey(output, task)));
    }

    [Fact]
    public void Writing_JSON_allocates_nothing()
    {
        var task = new PlainJson(
            1, "plain <text> é \u2028", 1.5, 2.50m, At, Local, Guid.Empty, [new("a", 1), new(new string('x', 5000), 2)], [1, 2]);

        Assert.Equal(0, Allocated(output => Write(output, task)));
    }

    private static long Allocated(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            Run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Run()
        {
            output.ResetWrittenCount();
            write(output);
            Assert.True(output.WrittenCount > 0);
        }
    }

    private static void Write<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);

    private static void WriteKey<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.WriteUniqueKey(output, task);
}

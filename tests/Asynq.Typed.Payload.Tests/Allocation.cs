using System.Buffers;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Counts what writing costs the garbage collector.</summary>
internal static class Allocation
{
    private const int Rounds = 20;
    private const int Batches = 10;

    /// <summary>
    /// The bytes that a write leaves to the garbage collector, once it has run before: those of the batch that left least. A
    /// collection takes the arrays of the pool, which is then filled anew; what a write leaves, it leaves in each batch.
    /// </summary>
    public static long Of(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Run();
        return Enumerable.Range(0, Batches).Min(_ => OfBatch());

        long OfBatch()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
            {
                Run();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Run()
        {
            output.ResetWrittenCount();
            write(output);
            Assert.True(output.WrittenCount > 0);
        }
    }

    public static void Write<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);

    public static void WriteKey<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.WriteUniqueKey(output, task);
}

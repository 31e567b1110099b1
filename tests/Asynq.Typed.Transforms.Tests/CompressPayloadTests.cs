using System.IO.Compression;
using System.Security.Cryptography;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

public sealed class CompressPayloadTests
{
    private const int Limit = 64 * 1024 * 1024;

    [Theory]
    [InlineData(1_023, "")]
    [InlineData(1_024, "br")]
    public void Payloads_are_compressed_from_a_size_on(int size, string header) =>
        Assert.Equal(header, Chain(new CompressPayload()).Apply(new byte[size], Place).Header);

    [Fact]
    public void What_does_not_get_smaller_is_left_alone()
    {
        var random = RandomNumberGenerator.GetBytes(10_000);

        var (bytes, header) = Chain(new CompressPayload()).Apply(random, Place);

        Assert.Equal("", header);
        Assert.Equal(random, bytes.ToArray());
    }

    [Fact]
    public void What_another_compressed_is_read_without_being_told()
    {
        var (bytes, header) = Chain(new CompressPayload()).Apply(new byte[5_000], Place);

        Assert.True(bytes.Length < 100);
        Assert.Equal(new byte[5_000], TransformChain.None.Undo(bytes, header, Place).ToArray());
    }

    [Fact]
    public void A_bomb_is_refused_by_the_limit_and_not_by_memory()
    {
        var bomb = Bomb(Limit + 1);
        Assert.True(bomb.Length < 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.Throws<PayloadException>(() => TransformChain.None.Undo(bomb, "br", Place));

        Assert.Contains("67108864", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5L * Limit);
    }

    [Fact]
    public void As_much_as_the_limit_is_read() =>
        Assert.Equal(
            Limit,
            TransformChain.None.Undo(Bomb(Limit), "br", Place).Length);

    [Fact]
    public void A_threshold_below_zero_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompressPayload(-1));

    private static byte[] Bomb(int size)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Optimal))
        {
            var zeros = new byte[1024 * 1024];
            for (var left = size; left > 0; left -= zeros.Length)
            {
                brotli.Write(zeros, 0, Math.Min(left, zeros.Length));
            }
        }

        return output.ToArray();
    }
}

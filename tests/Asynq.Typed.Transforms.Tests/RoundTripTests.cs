using CsCheck;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>What goes through the transforms comes back, and nothing else does.</summary>
public sealed class RoundTripTests
{
    private static readonly TransformChain Both = Chain(new CompressPayload(threshold: 0), new EncryptPayload(Key("k1")));

    // Random bytes do not compress; bytes of two values do.
    private static readonly Gen<byte[]> Payloads =
        Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Byte[(byte)'a', (byte)'b'].Array[0, 5_000]);

    private static readonly Gen<PayloadScope> Scopes = Gen.Select(
        Gen.Bool, Gen.String[0, 6], Gen.String[0, 6], Gen.String[0, 6],
        (isResult, queue, type, id) => new PayloadScope(isResult ? PayloadPart.Result : PayloadPart.Payload, queue, type, id, ""));

    [Fact]
    public void Any_bytes_come_back_through_any_set()
    {
        TransformChain[] chains =
            [TransformChain.None, Chain(new CompressPayload(0)), Chain(new CompressPayload()), Encrypting(), Both];

        Gen.Select(Gen.Int[0, chains.Length - 1], Payloads, Scopes).Sample((at, payload, scope) =>
        {
            var (bytes, header) = chains[at].Apply(payload, scope);
            return chains[at].Undo(bytes, header, scope).Span.SequenceEqual(payload);
        });
    }

    [Fact]
    public void Any_bit_that_is_turned_is_refused()
    {
        Gen.Select(Payloads, Gen.Int[0, int.MaxValue]).Sample((payload, at) =>
        {
            var (bytes, header) = Both.Apply(payload, Place);
            var changed = bytes.ToArray();
            changed[at % changed.Length] ^= (byte)(1 << (at / changed.Length % 8));
            return IsRefused(Both, changed, header, Place);
        });
    }

    [Fact]
    public void Any_bytes_that_are_cut_or_longer_are_refused()
    {
        Gen.Select(Payloads, Gen.Int[0, int.MaxValue]).Sample((payload, at) =>
        {
            var (bytes, header) = Both.Apply(payload, Place);
            return IsRefused(Both, bytes[..(at % bytes.Length)], header, Place)
                && IsRefused(Both, (byte[])[.. bytes.Span, (byte)at], header, Place);
        });
    }

    [Fact]
    public void What_is_encrypted_opens_only_where_it_belongs()
    {
        Gen.Select(Payloads, Scopes, Scopes).Where((_, one, other) => one != other).Sample((payload, one, other) =>
        {
            var (bytes, header) = Both.Apply(payload, one);
            return IsRefused(Both, bytes, header, other);
        });
    }

    [Fact]
    public void A_header_that_was_changed_is_refused()
    {
        var (bytes, header) = Both.Apply(new byte[2_000], Place);
        Assert.Equal("br,aes-gcm:k1", header);

        Assert.All(
            (string[])["aes-gcm:k1", "aes-gcm:k1,br", "br", "br,aes-gcm:k2", "br,br,aes-gcm:k1", "br:x,aes-gcm:k1"],
            changed => Assert.True(IsRefused(Both, bytes, changed, Place)));
    }

    [Fact]
    public void Hostile_bytes_are_refused_by_a_payload_exception_alone()
    {
        string[] headers = ["br", "aes-gcm:k1", "br,aes-gcm:k1", "aes-gcm", "br:x", "gzip", ",", "br,", new('a', 10_000)];
        var hostile = Gen.OneOf(Gen.String, Gen.Int[0, headers.Length - 1].Select(at => headers[at]));

        Gen.Select(Payloads, hostile).Sample((payload, header) =>
        {
            try
            {
                Both.Undo(payload, header, Place);
                return header.Length == 0 || header.StartsWith("br", StringComparison.Ordinal);
            }
            catch (PayloadException exception)
            {
                return !exception.Message.Contains('\n', StringComparison.Ordinal);
            }
        });
    }

    private static bool IsRefused(TransformChain chain, ReadOnlyMemory<byte> bytes, string header, PayloadScope scope)
    {
        try
        {
            chain.Undo(bytes, header, scope);
            return false;
        }
        catch (PayloadException)
        {
            return true;
        }
    }
}

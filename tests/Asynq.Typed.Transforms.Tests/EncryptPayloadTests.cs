using System.Globalization;
using System.Text;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

public sealed class EncryptPayloadTests
{
    private static readonly byte[] Payload = "the secret of ann@example.com"u8.ToArray();

    [Fact]
    public void The_same_payload_never_gives_the_same_bytes()
    {
        var chain = Encrypting();

        var all = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(chain.Apply(Payload, Place).Bytes.Span)).ToList();

        Assert.Equal(100, all.Distinct().Count());
        Assert.All(all, bytes => Assert.Equal((Payload.Length + 28) * 2, bytes.Length));
        Assert.DoesNotContain(all, bytes => bytes.Contains(Convert.ToHexString("ann@"u8), StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_that_another_implementation_wrote_are_read()
    {
        // Made by Python's cryptography package from the description in Transforms/README.md, with the nonce 00 01 … 0b.
        var stored = Convert.FromBase64String(
            "AAECAwQFBgcICQoLHt76eZ9UdPWTOCoI2C6mHp7AKbwyVTf7dRCYSUHJ9BSqdYKGfP9XBdBsuPGf");

        Assert.Equal(Payload, Encrypting().Undo(stored, "aes-gcm:k1", Place).ToArray());
    }

    [Fact]
    public void A_key_is_changed_in_three_steps_without_a_payload_that_cannot_be_read()
    {
        var (one, two) = (Key("2026-11", 1), Key("2027-05", 2));
        TransformChain[] steps =
        [
            Chain(new EncryptPayload(one)),
            Chain(new EncryptPayload(one, two)),
            Chain(new EncryptPayload(two, one)),
        ];

        // In each step the processes of that step and of the one before run beside each other.
        for (var i = 1; i < steps.Length; i++)
        {
            foreach (var (writer, reader) in new[] { (steps[i], steps[i - 1]), (steps[i - 1], steps[i]) })
            {
                var (bytes, header) = writer.Apply(Payload, Place);
                Assert.Equal(Payload, reader.Undo(bytes, header, Place).ToArray());
            }
        }

        Assert.Equal("aes-gcm:2027-05", steps[2].Apply(Payload, Place).Header);
    }

    [Fact]
    public void A_key_that_is_missing_is_named_with_the_remedy()
    {
        var (bytes, header) = Encrypting("2026-11").Apply(Payload, Place);

        var missing = Assert.Throws<PayloadException>(() => Encrypting("2027-05").Undo(bytes, header, Place));
        var none = Assert.Throws<PayloadException>(() => TransformChain.None.Undo(bytes, header, Place));

        Assert.Contains("key '2026-11'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("give it to EncryptPayload", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'aes-gcm'", none.Message, StringComparison.Ordinal);
        Assert.Contains("UsePayloadTransform", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_of_the_same_id_does_not_open_it()
    {
        var (bytes, header) = Encrypting("k1", seed: 1).Apply(Payload, Place);

        var refused = Assert.Throws<PayloadException>(() => Encrypting("k1", seed: 2).Undo(bytes, header, Place));

        Assert.Contains("another key of that id", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plaintext_is_refused_where_encryption_is_required()
    {
        var strict = Chain(new CompressPayload(), new EncryptPayload(Key("k1")) { RefusePlaintext = true });
        var (compressed, header) = Chain(new CompressPayload()).Apply(new byte[5_000], Place);

        Assert.Throws<PayloadException>(() => strict.Undo(Payload, "", Place));
        Assert.Throws<PayloadException>(() => strict.Undo(compressed, header, Place));
        var (bytes, own) = strict.Apply(Payload, Place);
        Assert.Equal(Payload, strict.Undo(bytes, own, Place).ToArray());
    }

    [Fact]
    public void A_unique_key_tells_content_queue_type_and_key_apart_and_nothing_of_the_content()
    {
        var chain = Encrypting();
        var digest = chain.DigestUniqueKey(Payload, "q", "t")!;

        Assert.Matches("^[0-9a-f]{32}$", digest);
        Assert.Equal(digest, chain.DigestUniqueKey(Payload, "q", "t"));
        string[] others =
        [
            chain.DigestUniqueKey([], "q", "t")!,
            chain.DigestUniqueKey(Payload, "qt", "")!,
            chain.DigestUniqueKey(Payload, "q", "u")!,
            Encrypting("k2", seed: 2).DigestUniqueKey(Payload, "q", "t")!,
            Redis.Keys.Of("q").Unique("t", Payload)[^32..],
        ];
        Assert.Equal(6, others.Append(digest).Distinct().Count());
        Assert.Null(Chain(new CompressPayload()).DigestUniqueKey(Payload, "q", "t"));
    }

    [Fact]
    public void No_text_of_a_key_or_a_transform_holds_the_secret()
    {
        var key = Key("2026-11");
        var secret = Secret(1);
        var encrypt = new EncryptPayload(key, Key("2026-05", 2));
        var chain = Chain(encrypt);
        var (bytes, header) = chain.Apply(Payload, Place);
        string[] texts =
        [
            key.ToString(),
            encrypt.ToString(),
            Assert.Throws<PayloadException>(() => chain.Undo(bytes, header, Place with { TaskId = "other" })).ToString(),
            Assert.Throws<ArgumentException>(() => new PayloadKey("x", secret.AsSpan(1))).ToString(),
            Assert.Throws<ArgumentException>(() => new EncryptPayload(key, Key("2026-11", 2))).ToString(),
        ];

        Assert.Equal("2026-11", texts[0]);
        Assert.Equal("aes-gcm under key '2026-11'; reads 2026-05, 2026-11", texts[1]);
        Assert.All(texts, text => Assert.All(SpellingsOf(secret), spelling => Assert.DoesNotContain(spelling, text, StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void An_id_that_cannot_stand_in_a_header_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() => new PayloadKey(id, Secret(1)));

    [Fact]
    public void A_secret_may_be_changed_after_it_was_given()
    {
        var secret = Secret(1);
        var key = new PayloadKey("k1", secret);
        Array.Clear(secret);
        var (bytes, header) = Chain(new EncryptPayload(key)).Apply(Payload, Place);

        Assert.Equal(Payload, Encrypting().Undo(bytes, header, Place).ToArray());
    }

    private static string[] SpellingsOf(byte[] secret) =>
    [
        Convert.ToHexString(secret)[2..18],
        Convert.ToBase64String(secret)[4..16],
        string.Join(", ", secret.Skip(1).Take(6).Select(value => value.ToString(CultureInfo.InvariantCulture))),
        Encoding.Latin1.GetString(secret.AsSpan(1, 8)),
    ];
}

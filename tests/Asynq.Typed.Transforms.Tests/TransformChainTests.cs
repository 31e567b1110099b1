using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>Which transforms go together, and those of the application's own.</summary>
public sealed class TransformChainTests
{
    [Fact]
    public void Transforms_that_do_not_go_together_are_refused_with_the_remedy()
    {
        (PayloadTransform[] Set, string Says)[] bad =
        [
            ([new EncryptPayload(Key("a")), new EncryptPayload(Key("b"))], "Two payload transforms have the name 'aes-gcm'"),
            ([new EncryptPayload(Key("a")), new CompressPayload()], "'br' comes after 'aes-gcm'"),
            ([new Reversing("Upper")], "has the name 'Upper'"),
            ([new Reversing("a,b")], "has the name 'a,b'"),
            ([new Reversing("")], "has the name ''"),
        ];

        Assert.All(bad, row => Assert.Contains(
            row.Says, Assert.Throws<ArgumentException>(() => Chain(row.Set)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_transform_of_the_applications_own_takes_its_place()
    {
        var chain = Chain(new Reversing("rev"), new EncryptPayload(Key("k1")));

        var (bytes, header) = chain.Apply("abc"u8.ToArray(), Place);

        Assert.Equal("rev:v1.0,aes-gcm:k1", header);
        Assert.Equal("abc"u8, chain.Undo(bytes, header, Place).Span);
    }

    [Fact]
    public void A_parameter_that_would_break_the_header_is_refused() =>
        Assert.Throws<PayloadException>(() => Chain(new Reversing("rev", "a,b")).Apply("abc"u8.ToArray(), Place));

    [Fact]
    public void One_that_hides_payloads_must_have_a_digest_of_16_bytes()
    {
        Assert.Throws<NotSupportedException>(
            () => Chain(new Reversing("rev") { Hides = true }).DigestUniqueKey([1], "q", "t"));
        Assert.Throws<PayloadException>(
            () => Chain(new Digesting(15)).DigestUniqueKey([1], "q", "t"));
        Assert.Equal(new string('0', 32), Chain(new Digesting(20)).DigestUniqueKey([1], "q", "t"));
    }

    [Fact]
    public void Scopes_that_differ_differ_in_their_bytes()
    {
        PayloadScope[] scopes =
        [
            Place,
            Place with { Part = PayloadPart.Result },
            Place with { Queue = "defaulte", TaskType = "mail:welcome" },
            Place with { Before = "br" },
            Place with { TaskId = "", Before = "id-1" },
        ];

        Assert.Equal(scopes.Length, scopes.Select(scope => Convert.ToHexString(scope.ToAssociatedData())).Distinct().Count());
    }

    private class Reversing(string name, string parameter = "v1.0") : PayloadTransform
    {
        internal bool Hides { get; init; }

        public override string Name => name;

        public override bool HidesPayload => Hides;

        public override TransformedPayload? Apply(ReadOnlyMemory<byte> payload, PayloadScope scope) =>
            new(Enumerable.Reverse(payload.ToArray()).ToArray(), parameter);

        public override ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> payload, string parameter, PayloadScope scope) =>
            Enumerable.Reverse(payload.ToArray()).ToArray();
    }

    private sealed class Digesting(int length) : Reversing("digesting")
    {
        public override bool HidesPayload => true;

        public override ReadOnlyMemory<byte> DigestUniqueKey(ReadOnlyMemory<byte> content, string queue, string type) =>
            new byte[length];
    }
}

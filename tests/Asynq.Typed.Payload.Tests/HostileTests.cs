using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Payloads that nobody of good will wrote: nothing but the documented exception, no unbounded memory.</summary>
public class HostileTests
{
    private const int MaxBytesPerByte = 100;
    private const int FixedBytes = 200_000;
    private const string SampleSeed = "0000KOIPe036";

    // As in the other fuzz loops: longer by hand, or another's findings again.
    private static readonly int Seed = Number("ASYNQ_FUZZ_SEED") ?? 20261123;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Number("ASYNQ_FUZZ_SECONDS") ?? 2);

    private static readonly Unions SomeUnions = new(
        new Circle(1), [new Square(2), null], new Card("1", new Cash(3)));

    [Fact]
    public void Damaged_payloads_are_read_or_refused() => Damage(
        DamageBytes,
        [
            Target.Of(Some(Scalars.Any)),
            Target.Of(Some(Shapes.Any)),
            Target.Of(Some(Foundation.Any)),
            Target.Of(new Forest(new Tree("a", [new("b", [new("c", null)]), new("d", [])]))),
            Target.Of(SomeUnions),
            Target.Of(new Numbered(1, "n")),
            Target.Of(new AskNumber(1, new(2, 3), [[new(4, 5)], []])),
            Target.Of(new Kinds(new(1) { Spare = 2 }, new(null), new(new Money(1, "EUR"), "l") { Spare = new Money(2, "USD") }, new(3, 4), new() { Second = "s" }, null)),
            Target.Of(new Formatted(new(1), new(2), new("a"), [new("b")])),
            Target.Of(new WithForeign(new Foreign { Id = 1, Name = "a" }, new ForeignMap { Id = 2 })),
            Target.Of(new Evolved(1, "n") { Must = "m" }),
        ]);

    [Fact]
    public void Damaged_JSON_is_read_or_refused() => Damage(
        DamageText,
        [
            Target.Of([.. Some(Gen.Select(Scalars.Any, Shapes.Any, Foundation.Any)).Select(parts => new JsonShapes(
                parts.Item2, parts.Item3, parts.Item1.ForJson(), SomeUnions, new Opaque(3)))]),
            Target.Of(new Omitted(1, [2, 3], "\u00e9<", Level.High)),
            Target.Of(new JsonNumbered(1, "n")),
            Target.Of(new JsonNested(1, new(2, 3), [[new(4, 5)], []])),
            Target.Of(new JsonEvolved(1, "n") { Must = "m", Tree = new("a", [new("b", [])]) }),
            Target.Of(new GoTask { Name = "\u2028", Meta = new() { ["<"] = 1 }, Blob = [1], Addr = new("s", "z") }),
            Target.Of(new Keys(
                new() { [-1] = 1 }, new() { [1] = 1 }, [], new() { [Level.Low] = 1 }, [], new() { [Guid.Empty] = 1 }, new() { ["a"] = [] })),
        ]);

    [Fact]
    public void An_error_far_below_what_is_read_is_found_at_once()
    {
        byte[] bytes = [0x81, 0xa4, .. "Root"u8, 0x81, 0xa1, .. "x"u8, .. Enumerable.Repeat((byte)0x91, 300), 0xc0];

        Try(payload => Wire.Read<Forest>(payload), nameof(Forest), bytes);
    }

    [Fact]
    public void Noise_is_read_or_refused()
    {
        var random = new Random(Seed);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Time)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Try<Scalars>(bytes);
            Try<Shapes>(bytes);
            Try<Foundation>(bytes);
            Try<Forest>(bytes);
            Try<Unions>(bytes);
            Try<Empty>(bytes);
        }
    }

    /// <summary>Headers in each other that all claim the bytes up to the end: room for those bytes is reserved once.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(10)]
    [InlineData(1)]
    public void Headers_that_claim_the_same_bytes_again_get_no_more_room(int levels)
    {
        const int Size = 200_000;
        Try<Forest>(Claim(Size, levels, Member("Root"), Member("Children"), 0xdd));
        Try<Shapes>(Claim(Size, Math.Min(levels, 2), Member("Deep"), [], 0xdd));
        Try<Shapes>(Claim(Size, 1, Member("IReadOnlyDictionary"), [], 0xdf));
        Try<Shapes>(Claim(Size, 1, Member("HashSet"), [], 0xdd));
        Try<Foundation>(Claim(Size, 1, Member("ImmutableArray"), [], 0xdd));

        static byte[] Member(string name) => [0x81, (byte)(0xa0 + name.Length), .. Encoding.UTF8.GetBytes(name)];
    }

    /// <summary>The room that a list is given does not depend on what stands before it.</summary>
    [Fact]
    public void Many_lists_in_one_payload_are_read_whole()
    {
        var lists = Enumerable.Range(0, 500).Select(i => Enumerable.Repeat(new Address("s", null), i % 7).ToList()).ToList();
        var task = Some(Shapes.Any)[0] with { Deep = lists, Array = [.. Enumerable.Range(0, 5000)] };

        Assert.Equivalent(task, Wire.RoundTrip(task), strict: true);
    }

    private static byte[] Claim(int size, int levels, byte[] start, byte[] before, byte header)
    {
        var bytes = new byte[size];
        start.CopyTo(bytes, 0);
        var position = start.Length;
        for (var i = 0; i < levels; i++)
        {
            before.CopyTo(bytes, position);
            position += before.Length;
            WriteHeader(bytes, position, header);
            position += 5;
        }

        return bytes;
    }

    /// <summary>A header that claims all bytes behind it.</summary>
    private static void WriteHeader(byte[] bytes, int position, byte header)
    {
        var rest = bytes.Length - position - 5;
        bytes[position] = header;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(position + 1), header == 0xdf ? rest / 2 : rest);
    }

    internal static void Damage(Func<byte[], Random, byte[]> damage, Target[] targets)
    {
        var random = new Random(Seed);
        var clock = Stopwatch.StartNew();
        for (var runs = 0; clock.Elapsed < Time || runs < 1000; runs++)
        {
            var target = targets[random.Next(targets.Length)];
            var other = random.Next(10) == 0 ? targets[random.Next(targets.Length)] : target;
            target.Try(damage([.. other.Samples[random.Next(other.Samples.Length)]], random));
        }
    }

    internal static byte[] DamageBytes(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var position = random.Next(bytes.Length);
            if (random.Next(3) == 0 && position + 5 < bytes.Length)
            {
                byte[] headers = [0xdd, 0xdf, 0xc6, 0xdb, 0xdc, 0xde];
                WriteHeader(bytes, position, headers[random.Next(headers.Length)]);
            }
            else
            {
                bytes[position] = (byte)random.Next(256);
            }
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    internal static byte[] DamageText(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var position = random.Next(bytes.Length);
            string[] texts = ["[", "{", "]", "}", ",", ":", "\"", "null", "-0", "1e999", "\\ud800", "[[[[[[[[", "\u2028"];
            bytes = random.Next(3) == 0
                ? [.. bytes[..position], .. Encoding.UTF8.GetBytes(texts[random.Next(texts.Length)]), .. bytes[position..]]
                : [.. bytes[..position], (byte)random.Next(256), .. bytes[(position + 1)..]];
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void Try<T>(byte[] bytes)
        where T : IAsynqTask<T> => Try(payload => Wire.Read<T>(payload), typeof(T).Name, bytes);

    /// <summary>Reads what may be anything: it is read or refused, in memory that its bytes are the limit of.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="name">What is read.</param>
    /// <param name="bytes">The bytes.</param>
    internal static void Try(Action<byte[]> read, string name, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(bytes);
        }
        catch (PayloadException error)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Message), Describe(name, bytes));
        }
        catch (Exception error)
        {
            Assert.Fail($"{error} from {Describe(name, bytes)}");
        }

        // What an exception costs, and what a value may be larger than its bytes.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= FixedBytes + (MaxBytesPerByte * (long)bytes.Length),
            $"{allocated} bytes for {bytes.Length}, from {Describe(name, bytes)}");
    }

    private static string Describe(string name, byte[] bytes) =>
        $"seed {Seed}, {name}: {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 4096)])}";

    /// <summary>Some values: always the same ones.</summary>
    private static T[] Some<T>(Gen<T> gen) => gen.Array[20].Single(_ => true, SampleSeed);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>A type to read, and payloads of it to damage.</summary>
    internal sealed record Target(byte[][] Samples, Action<byte[]> Try)
    {
        internal static Target Of<T>(params T[] tasks)
            where T : IAsynqTask<T> => new([.. tasks.Select(Wire.Write)], HostileTests.Try<T>);
    }
}

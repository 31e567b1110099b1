using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Payloads that nobody of good will wrote: nothing but the documented exception, no unbounded memory.</summary>
public class HostileTests
{
    // As in the other fuzz loops: longer by hand, or another's findings again.
    private static readonly int Seed = Number("ASYNQ_FUZZ_SEED") ?? 20261123;
    private const int MaxBytesPerByte = 600;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Number("ASYNQ_FUZZ_SECONDS") ?? 2);

    [Fact]
    public void Damaged_payloads_are_read_or_refused()
    {
        var random = new Random(Seed);
        var samples = new List<byte[]>();
        Scalars.Any.Sample(task => Add(Wire.Write(task)), iter: 20, threads: 1, seed: "0000KOIPe036");
        Shapes.Any.Sample(task => Add(Wire.Write(task)), iter: 20, threads: 1, seed: "0000KOIPe036");
        var clock = Stopwatch.StartNew();
        var runs = 0;
        while (clock.Elapsed < Time || runs < 1000)
        {
            var bytes = Damage([.. samples[random.Next(samples.Count)]], random);
            Try<Scalars>(bytes);
            Try<Shapes>(bytes);
            Try<Forest>(bytes);
            runs++;
        }

        void Add(byte[] bytes)
        {
            lock (samples)
            {
                samples.Add(bytes);
            }
        }
    }

    [Fact]
    public void Damaged_JSON_is_read_or_refused()
    {
        var random = new Random(Seed);
        var samples = Gen.Select(Scalars.Any, Shapes.Any).Array[20].Single().Select(pair => Wire.Write(new JsonPair(
            pair.Item1 with { TimeSpan = default, Single = 0, Double = 1.5 }, pair.Item2))).ToArray();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Time)
        {
            Try<JsonPair>(Damage([.. samples[random.Next(samples.Length)]], random));
            Try<Omitted>(Damage([.. """{"Number":1,"List":[2,3],"Text":"\u00e9","Level":1}"""u8], random));
        }
    }

    [Fact]
    public void Damaged_unions_tuples_and_arrays_are_read_or_refused()
    {
        var random = new Random(Seed);
        var foundation = Wire.Write(Foundation.Any.Single());
        var unions = Wire.Write(new Unions(new Circle(1), [new Square(2), null], new Card("1", new Cash(3))));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Time)
        {
            Try<Foundation>(Damage([.. foundation], random));
            Try<Unions>(Damage([.. unions], random));
            Try<Numbered>(Damage([.. Wire.Write(new Numbered(1, "n"))], random));
        }
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
            Try<Empty>(bytes);
        }
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void Try<T>(byte[] bytes)
        where T : IAsynqTask<T>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Wire.Read<T>(bytes);
        }
        catch (PayloadException error)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Message));
        }

        // What an exception costs, and what a value may be larger than its bytes.
        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000 + (MaxBytesPerByte * (long)bytes.Length));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

[AsynqTask("test:json-pair", Format = PayloadFormat.Json)]
public sealed partial record JsonPair(Scalars Scalars, Shapes Shapes);

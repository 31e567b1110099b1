using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Asynq.Typed.Payload.Tests;

/// <summary>Random values of the types that reader and writer know by themselves: extremes as often as anything between.</summary>
internal sealed class Scalar(Random random, PayloadFormat format)
{
    private static readonly string[] Texts =
    [
        "", "a", "0", "\0", "\u2028\u2029", "<&>\"\\/", "é✓", "😀", "\u007f\u0080", "\uffff", new('x', 31), new('x', 32), new('ß', 300), "null",
    ];

    private static readonly string[] Uris =
    [
        "https://example.com/a?b=c#d", "relative/path", "/", "", "urn:isbn:1", "mailto:a@example.com", "http://[::1]:80/%20é", "file:///c:/x", "../..",
        "HTTP://EXAMPLE.com",
    ];

    private bool IsJson => format == PayloadFormat.Json;

    /// <summary>A value; <c>null</c> for a type that is no scalar.</summary>
    public object? Create(Type type) => type switch
    {
        { IsEnum: true } => Enum.ToObject(type, Create(Enum.GetUnderlyingType(type))!),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(sbyte) => Bits<sbyte>(sbyte.MinValue, sbyte.MaxValue),
        _ when type == typeof(byte) => Bits<byte>(byte.MaxValue),
        _ when type == typeof(short) => Bits<short>(short.MinValue, short.MaxValue),
        _ when type == typeof(ushort) => Bits<ushort>(ushort.MaxValue),
        _ when type == typeof(int) => Bits(int.MinValue, int.MaxValue, -1, 128, -33),
        _ when type == typeof(uint) => Bits(uint.MaxValue, 65536u),
        _ when type == typeof(long) => Bits(long.MinValue, long.MaxValue, int.MinValue - 1L),
        _ when type == typeof(ulong) => Bits(ulong.MaxValue, long.MaxValue + 1UL),
        _ when type == typeof(Int128) => Bits(Int128.MinValue, Int128.MaxValue),
        _ when type == typeof(UInt128) => Bits(UInt128.MaxValue),
        _ when type == typeof(float) => Finite(Bits(float.MaxValue, float.Epsilon, -0f, float.NaN, float.NegativeInfinity)),
        _ when type == typeof(double) => Finite(Bits(double.MaxValue, double.Epsilon, -0.0, 1e21, 1e-7, double.NaN, double.PositiveInfinity)),
        _ when type == typeof(Half) => Finite(Bits(Half.MaxValue, Half.Epsilon, (Half)(-0f), Half.NaN, Half.NegativeInfinity)),
        _ when type == typeof(decimal) => Decimal(),
        _ when type == typeof(char) => (char)Bits<ushort>('a', ushort.MaxValue, 0xd800),
        _ when type == typeof(string) => Text(),
        _ when type == typeof(Guid) => Bits(Guid.Empty, Guid.AllBitsSet),
        _ when type == typeof(DateTime) => new DateTime(Between(0, DateTime.MaxValue.Ticks), DateTimeKind.Utc),
        _ when type == typeof(DateTimeOffset) => Moment(),
        _ when type == typeof(TimeSpan) => new TimeSpan(Bits(0L, long.MinValue, long.MaxValue, -1) / (IsJson ? 100 : 1)),
        _ when type == typeof(DateOnly) => DateOnly.FromDayNumber((int)Between(0, DateOnly.MaxValue.DayNumber)),
        _ when type == typeof(TimeOnly) => new TimeOnly(Between(0, TimeSpan.TicksPerDay - 1)),
        _ when type == typeof(Uri) => new Uri(Uris[random.Next(Uris.Length)], UriKind.RelativeOrAbsolute),
        _ when type == typeof(Version) => Version(),
        _ when type == typeof(BigInteger) => Big(),
        _ when type == typeof(byte[]) => Bytes(),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes()),
        _ when type == typeof(Opaque) => new Opaque(Bits(int.MinValue)),
        _ when type == typeof(Marked) => new Marked(Text()),
        _ when type == typeof(Word) => new Word(Text()),
        _ when type == typeof(Nest) => new Nest(random.Next(4)),
        _ => null,
    };

    /// <summary>Any bits at all, or one of the values where something changes.</summary>
    private T Bits<T>(params ReadOnlySpan<T> special)
        where T : unmanaged
    {
        var choice = random.Next(2 * (special.Length + 1));
        if (choice < special.Length)
        {
            return special[choice];
        }

        T value = default;
        random.NextBytes(MemoryMarshal.AsBytes(new Span<T>(ref value))[..(choice % 2 == 0 ? Size<T>() : Math.Max(1, Size<T>() / 4))]);
        return value;
    }

    private static int Size<T>()
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(new T[1])).Length;

    private T Finite<T>(T value)
        where T : struct, INumberBase<T> => IsJson && !T.IsFinite(value) ? T.One : value;

    private long Between(long min, long max) => random.Next(6) switch
    {
        0 => min,
        1 => max,
        _ => random.NextInt64(min, max),
    };

    private decimal Decimal() => random.Next(4) switch
    {
        0 => decimal.Parse(random.Next(2) == 0 ? "36.00" : "-0.0", CultureInfo.InvariantCulture),
        1 => random.Next(2) == 0 ? decimal.MaxValue : decimal.MinValue,
        _ => new decimal(Bits<int>(), Bits<int>(), Bits<int>(), random.Next(2) == 0, (byte)random.Next(29)),
    };

    private string Text() => random.Next(3) > 0
        ? Texts[random.Next(Texts.Length)]
        : string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(char.MaxValue)).Where(character => !char.IsSurrogate(character)));

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(4) == 0 ? random.Next(400) : random.Next(5)];
        random.NextBytes(bytes);
        return bytes;
    }

    private DateTimeOffset Moment() => new(
        random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
        TimeSpan.FromMinutes(random.Next(3) == 0 ? 0 : random.Next(-840, 841)));

    private Version Version() => random.Next(3) switch
    {
        0 => new Version(random.Next(), 0),
        1 => new Version(0, random.Next(), int.MaxValue),
        _ => new Version(int.MaxValue, random.Next(), 1, random.Next()),
    };

    private BigInteger Big()
    {
        var bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return new BigInteger(bytes);
    }
}

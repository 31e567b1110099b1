using System.Globalization;
using System.Numerics;
using System.Text;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:json-time", Format = PayloadFormat.Json)]
public sealed partial record JsonTime(DateTimeOffset At, DateTime Utc);

[AsynqTask("test:json-big", Format = PayloadFormat.Json)]
public sealed partial record JsonBig(BigInteger Value);

[AsynqTask("test:json-price", Format = PayloadFormat.Json)]
public sealed partial record JsonPrice([UniqueKey] decimal Amount);

[AsynqTask("test:json-duration", Format = PayloadFormat.Json)]
public sealed partial record JsonDuration(TimeSpan Value);

/// <summary>What JSON can say of numbers and times, and .NET cannot hold, or the other way round.</summary>
public class JsonNumberTests
{
    [Theory]
    [InlineData("2026-11-23T04:05:06Z", 0)]
    [InlineData("2026-11-23T04:05:06.5+02:00", 120)]
    [InlineData("2026-11-23T04:05:06.123456789-03:30", -210)]
    [InlineData("2026-11-23T04:05:06\\u002b02:00", 120)]
    public void A_time_with_an_offset_is_read(string text, int minutes)
    {
        var read = ReadTime(text);

        Assert.Equal(TimeSpan.FromMinutes(minutes), read.At.Offset);
        Assert.Equal(read.At.UtcDateTime, read.Utc);
        Assert.Equal(DateTimeKind.Utc, read.Utc.Kind);
    }

    [Theory]
    [InlineData("2026-11-23T04:05:06")]
    [InlineData("2026-11-23T04:05:06.5")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T04:05Z")]
    [InlineData("2026-11-23T04:05+02:00")]
    [InlineData("2026-11-23T04:05:06+02")]
    [InlineData("2026-11-23 04:05:06Z")]
    [InlineData("2026-11-23T04:05:06+15:00")]
    [InlineData("")]
    public void A_time_that_depends_on_the_reader_is_refused(string text) => Assert.Equal(
        "At is not a time as in RFC 3339", Assert.Throws<PayloadException>(() => ReadTime(text)).Message);

    [Fact]
    public void An_integer_that_no_reader_accepts_is_not_written()
    {
        var longest = BigInteger.Pow(10, 1000) - 1;

        Assert.Equal(longest, Wire.RoundTrip(new JsonBig(longest)).Value);
        foreach (var tooLong in (BigInteger[])[longest + 1, -longest, BigInteger.Pow(7, 100_000)])
        {
            Assert.Equal(
                "Value has more than 1000 characters, which no reader of JSON accepts: write it in MessagePack",
                Assert.Throws<PayloadException>(() => Wire.Write(new JsonBig(tooLong))).Message);
        }
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.0", "0.0")]
    [InlineData("36", "36")]
    [InlineData("36.00", "36.00")]
    [InlineData("1e3", "1000")]
    [InlineData("15E-1", "1.5")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("-0.0000000000000000000000000001", "-0.0000000000000000000000000001")]
    [InlineData("1.10000000000000000000000000000000000", "1.1000000000000000000000000000")]
    [InlineData("0.00000000000000000000000000000000000", "0.0000000000000000000000000000")]
    public void A_decimal_is_read_with_all_of_its_digits(string text, string expected)
    {
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), ReadPrice(text));
        Assert.Equal(expected.TrimStart('-'), ReadPrice(text).ToString(CultureInfo.InvariantCulture).TrimStart('-'));
    }

    [Theory]
    [InlineData("79228162514264337593543950336")]
    [InlineData("0.12345678901234567890123456789")]
    [InlineData("12345678901234567890.1234567890123")]
    [InlineData("1e-29")]
    [InlineData("1e-400")]
    [InlineData("1e99999999999")]
    [InlineData("7922816251426433759354395033.55")]
    public void A_decimal_that_would_be_rounded_is_refused(string text)
    {
        const string Message = "Amount is a number that its type cannot hold";

        Assert.Equal(Message, Assert.Throws<PayloadException>(() => ReadPrice(text)).Message);
        Assert.Throws<PayloadException>(() => Wire.Read<Price>(Wire.Pack(new Dictionary<string, string> { ["Amount"] = text })));
    }

    [Theory]
    [InlineData("36", "36.00")]
    [InlineData("-0.0", "0")]
    public void Decimals_that_are_equal_and_written_differently_make_two_unique_keys(string left, string right)
    {
        var (first, second) = (Amount(left), Amount(right));

        Assert.Equal(first.Amount, second.Amount);
        Assert.NotEqual(Wire.Key(first), Wire.Key(second));
        Assert.Equal(Wire.Key(first), Wire.Key(Wire.RoundTrip(first)));

        static JsonPrice Amount(string text) => new(decimal.Parse(text, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("36")]
    [InlineData("36.00")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("-0.0000000000000000000000000001")]
    public void A_decimal_keeps_its_scale(string text) => Assert.Equal(
        $"{{\"Amount\":{text}}}",
        Encoding.UTF8.GetString(Wire.Write(new JsonPrice(decimal.Parse(text, CultureInfo.InvariantCulture)))));

    [Theory]
    [InlineData(99, 0)]
    [InlineData(-199, -1)]
    [InlineData(1234567, 12345)]
    public void A_duration_is_cut_to_100_nanoseconds(long nanoseconds, long ticks) => Assert.Equal(
        ticks,
        Wire.Read<JsonDuration>(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"Value\":{nanoseconds}}}")))
            .Value.Ticks);

    private static JsonTime ReadTime(string text) =>
        Wire.Read<JsonTime>(Encoding.UTF8.GetBytes($$"""{"At":"{{text}}","Utc":"{{text}}"}"""));

    private static decimal ReadPrice(string text) =>
        Wire.Read<JsonPrice>(Encoding.UTF8.GetBytes($$"""{"Amount":{{text}}}""")).Amount;
}

using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

public class RoundTripTests
{
    [Fact]
    public void Scalars_of_any_value_are_read_as_they_were_written() =>
        Scalars.Any.Sample(task => Assert.Equal(task, Wire.RoundTrip(task)), iter: 2000);

    [Fact]
    public void Shapes_of_any_value_are_read_as_they_were_written() =>
        Shapes.Any.Sample(task => Assert.Equivalent(task, Wire.RoundTrip(task), strict: true), iter: 300);

    [Fact]
    public void The_bytes_of_equal_values_are_equal() =>
        Shapes.Any.Sample(task => Assert.Equal(Wire.Write(task), Wire.Write(Wire.RoundTrip(task))), iter: 300);

    [Fact]
    public void A_local_time_is_written_as_the_moment_it_is()
    {
        var local = new DateTime(2026, 11, 23, 4, 5, 6, DateTimeKind.Local);
        var read = Wire.RoundTrip(new Moment(local)).At;

        Assert.Equal(local.ToUniversalTime(), read);
        Assert.Equal(DateTimeKind.Utc, read.Kind);
    }

    [Fact]
    public void A_decimal_keeps_its_trailing_zeros() =>
        Assert.Equal("1.10", Wire.RoundTrip(new Price(1.10m)).Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("-0.0000000000000000000000000001")]
    public void The_longest_decimals_fit(string text)
    {
        var amount = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(amount, Wire.RoundTrip(new Price(amount)).Amount);
    }

    [Theory]
    [InlineData(0, 'a')]
    [InlineData(31, 'a')]
    [InlineData(32, 'a')]
    [InlineData(31, 'ß')]
    [InlineData(255, 'a')]
    [InlineData(256, 'a')]
    [InlineData(200, '✓')]
    [InlineData(65535, 'a')]
    [InlineData(65536, 'ß')]
    [InlineData(40000, '✓')]
    public void Strings_of_every_header_are_read(int length, char character)
    {
        var text = new string(character, length);

        Assert.Equal(text, Wire.RoundTrip(new Text(text)).Value);
    }
}

[AsynqTask("test:moment")]
public sealed partial record Moment(DateTime At);

[AsynqTask("test:price")]
public sealed partial record Price(decimal Amount);

[AsynqTask("test:text")]
public sealed partial record Text(string Value);

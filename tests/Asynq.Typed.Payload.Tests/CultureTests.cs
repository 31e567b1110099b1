using System.Globalization;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>The culture of the thread has no say in the bytes: two workers in two countries agree on a unique key.</summary>
public class CultureTests
{
    [Fact]
    public void The_bytes_are_the_same_in_every_culture() =>
        Gen.Select(Scalars.Any, Shapes.Any, Foundation.Any).Sample(
            (scalars, shapes, foundation) =>
            {
                AssertSame(scalars);
                AssertSame(shapes);
                AssertSame(foundation);
                AssertSame(new JsonShapes(
                    shapes,
                    foundation,
                    scalars.ForJson(),
                    new Unions(new Circle(-1.5), [null, new Square(2)], new Card("1", new Cash(-2.50m))),
                    new Opaque(-3)));
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Negative_keys_are_sorted_by_the_sign_that_is_written()
    {
        var task = new SignedKeys(new() { [1] = 1, [-1] = 2 }, new() { [Level.High] = 1, [Level.Low] = 2 });

        Assert.Equal("""{"ByNumber":{"-1":2,"1":1},"ByEnum":{"-1":2,"1":1}}"""u8, In(Foreign(), () => Wire.Write(task)));
    }

    private static void AssertSame<T>(T task)
        where T : IAsynqTask<T>
    {
        var written = In(CultureInfo.InvariantCulture, () => Wire.Write(task));

        Assert.Equal(written, In(Foreign(), () => Wire.Write(task)));
        var read = In(Foreign(), () => Wire.Read<T>(written));
        Assert.Equal(written.Length, Wire.Write(read).Length);
    }

    /// <summary>A culture whose numbers and times look like no other's.</summary>
    private static CultureInfo Foreign()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.PositiveSign = "plus";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.DateTimeFormat.DateSeparator = "_";
        culture.DateTimeFormat.TimeSeparator = "_";
        culture.DateTimeFormat.Calendar = culture.OptionalCalendars[0];
        return culture;
    }

    private static T In<T>(CultureInfo culture, Func<T> act)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return act();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}

[AsynqTask("test:signed-keys", Format = PayloadFormat.Json)]
public sealed partial record SignedKeys(Dictionary<long, int> ByNumber, Dictionary<Level, int> ByEnum);

using System.Buffers;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ1009 // What becomes of a derived value is tested here

[AsynqTask("test:base")]
public partial record Animal(string Name);

public sealed record Dog(string Name, int Legs) : Animal(Name);

public record Owner(string Name);

public sealed record RichOwner(string Name, decimal Money) : Owner(Name);

[AsynqTask("test:owned")]
public sealed partial record Owned(Owner Owner);

public class WriteTests
{
    [Fact]
    public void A_value_of_a_derived_type_is_refused()
    {
        var error = Assert.Throws<PayloadException>(() => Wire.Write<Animal>(new Dog("Rex", 4)));

        Assert.Contains(typeof(Dog).FullName!, error.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(Animal).FullName!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_a_derived_type_is_refused()
    {
        var error = Assert.Throws<PayloadException>(() => Wire.Write(new Owned(new RichOwner("Ann", 1))));

        Assert.Contains(typeof(RichOwner).FullName!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_the_type_itself_is_written() =>
        Assert.Equal(new Animal("Tom"), Wire.RoundTrip(new Animal("Tom")));

    [Fact]
    public void A_null_where_the_type_knows_none_is_refused_and_named()
    {
        Assert.Equal(
            "Address is null, but its type is not nullable",
            Assert.Throws<PayloadException>(() => Wire.Write(new WelcomeEmail(1, null!))).Message);
        Assert.Equal(
            "Owner is null, but its type is not nullable",
            Assert.Throws<PayloadException>(() => Wire.Write(new Owned(null!))).Message);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() => Assert.Contains(
        "surrogate",
        Assert.Throws<PayloadException>(() => Wire.Write(new Text("a\ud800b"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_declaration() =>
        Assert.Equal(Wire.Write(new OneOrder(1, "b")), Wire.Write(new OtherOrder("b", 1)));

    [Fact]
    public void Writing_allocates_nothing()
    {
        var task = new WelcomeEmail(42, "ann@example.com", "de");
        var output = new ArrayBufferWriter<byte>(1024);
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Write();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write()
        {
            output.ResetWrittenCount();
            WriteTo(output, task);
        }
    }

    private static void WriteTo<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);
}

[AsynqTask("test:order-1")]
public sealed partial record OneOrder(int A, string B);

[AsynqTask("test:order-2")]
public sealed partial record OtherOrder(string B, int A);

using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:plain-json", Format = PayloadFormat.Json)]
public sealed partial record PlainJson(
    long Id, string Text, double Price, decimal Total, DateTime At, DateTimeOffset Local, Guid Guid, List<Line> Lines, byte[] Bytes);

[AsynqTask("test:plain")]
public sealed partial record Plain(
    long Id,
    [UniqueKey] string Text,
    double Price,
    decimal Total,
    DateTime At,
    DateTimeOffset Local,
    Guid Guid,
    List<Line> Lines,
    byte[] Bytes,
    Dictionary<string, int> Counts);

[AsynqTask("test:struct-task")]
public readonly partial record struct StructTask(long Id, [UniqueKey] string Text);

[AsynqTask("test:json-struct-task", Format = PayloadFormat.Json)]
public partial struct JsonStructTask
{
    public long Id { get; set; }

    [UniqueKey]
    public string Text { get; set; }
}

/// <summary>What writing costs the garbage collector: nothing.</summary>
public class AllocationTests
{
    private static readonly DateTime At = new(2026, 11, 23, 4, 5, 6, DateTimeKind.Utc);
    private static readonly DateTimeOffset Local = new(2026, 11, 23, 4, 5, 6, TimeSpan.FromHours(1));

    [Fact]
    public void Writing_MessagePack_allocates_nothing()
    {
        var task = new Plain(1, "text", 1.5, 2.50m, At, Local, Guid.Empty, [new("a", 1), new("é", 2)], [1, 2], new() { ["a"] = 1 });

        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, task)));
        Assert.Equal(0, Allocation.Of(output => Allocation.WriteKey(output, task)));
    }

    [Fact]
    public void Writing_JSON_allocates_nothing()
    {
        var task = new PlainJson(
            1, "plain <text> é \u2028", 1.5, 2.50m, At, Local, Guid.Empty, [new("a", 1), new(new string('x', 5000), 2)], [1, 2]);

        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, task)));
    }

    [Fact]
    public void Writing_a_struct_allocates_nothing()
    {
        var task = new StructTask(1, "text");
        var json = new JsonStructTask { Id = 1, Text = "text" };

        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, task)));
        Assert.Equal(0, Allocation.Of(output => Allocation.WriteKey(output, task)));
        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, json)));
        Assert.Equal(0, Allocation.Of(output => Allocation.WriteKey(output, json)));
    }
}

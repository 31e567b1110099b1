using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:left-out", Format = PayloadFormat.Json)]
public sealed partial record LeftOut(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] IEnumerable<int> Sequence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ISet<int> Set,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Queue<int> Queue,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Stack<int> Stack,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LinkedList<int> LinkedList,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<int> Array,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableQueue<int> ImmutableQueue,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] FrozenSet<int> FrozenSet,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Dictionary<string, int> Map,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableDictionary<int, int> ImmutableMap,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] byte[] Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ReadOnlyMemory<byte> Memory,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Half Half);

/// <summary>What is left out where it is empty, and must be empty, not missing, when it is read.</summary>
public class JsonOmissionTests
{
    [Fact]
    public void What_is_empty_is_left_out_and_read_as_empty()
    {
        var task = new LeftOut([], new HashSet<int>(), new(), new(), new(), default, [], FrozenSet<int>.Empty, [], ImmutableDictionary<int, int>.Empty, [], default, default);

        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(Wire.Write(task)));
        var read = Wire.RoundTrip(task);
        Assert.Empty(read.Sequence);
        Assert.Empty(read.Set);
        Assert.Empty(read.Queue);
        Assert.Empty(read.Stack);
        Assert.Empty(read.LinkedList);
        Assert.Empty(read.Array);
        Assert.Empty(read.ImmutableQueue);
        Assert.Empty(read.FrozenSet);
        Assert.Empty(read.Map);
        Assert.Empty(read.ImmutableMap);
        Assert.Empty(read.Bytes);
        Assert.True(read.Memory.IsEmpty);
    }

    [Fact]
    public void What_is_not_empty_is_written_and_read()
    {
        var task = new LeftOut(
            [1], new HashSet<int> { 2 }, new([3]), new([4, 5]), new([6]), [7], [8], Enumerable.Range(9, 1).ToFrozenSet(), new() { ["a"] = 1 },
            ImmutableDictionary<int, int>.Empty.Add(1, 2), [1], new byte[] { 2 }, (Half)1.5);

        Assert.Equivalent(task, Wire.RoundTrip(task), strict: true);
    }
}

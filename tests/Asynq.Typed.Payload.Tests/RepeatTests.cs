using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text;
using MessagePack;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:repeated")]
public sealed partial record Repeated(
    Dictionary<string, int> Map, IReadOnlyDictionary<string, int> Any, SortedDictionary<string, int> Sorted,
    SortedList<string, int> List, ConcurrentDictionary<string, int> Concurrent, ReadOnlyDictionary<string, int> ReadOnly,
    ImmutableDictionary<string, int> Immutable, ImmutableSortedDictionary<string, int> ImmutableSorted,
    FrozenDictionary<string, int> Frozen, HashSet<string> Set, IReadOnlySet<string> AnySet, SortedSet<string> SortedSet,
    ImmutableHashSet<string> ImmutableSet, ImmutableSortedSet<string> ImmutableSortedSet, FrozenSet<string> FrozenSet);

[AsynqTask("test:repeated-json", Format = PayloadFormat.Json)]
public sealed partial record JsonRepeated(
    Dictionary<string, int> Map, IReadOnlyDictionary<string, int> Any, SortedDictionary<string, int> Sorted,
    SortedList<string, int> List, ConcurrentDictionary<string, int> Concurrent, ReadOnlyDictionary<string, int> ReadOnly,
    ImmutableDictionary<string, int> Immutable, ImmutableSortedDictionary<string, int> ImmutableSorted,
    FrozenDictionary<string, int> Frozen, HashSet<string> Set, IReadOnlySet<string> AnySet, SortedSet<string> SortedSet,
    ImmutableHashSet<string> ImmutableSet, ImmutableSortedSet<string> ImmutableSortedSet, FrozenSet<string> FrozenSet);

/// <summary>What is there twice where a collection has it once.</summary>
public class RepeatTests
{
    [Fact]
    public void A_key_that_comes_twice_in_a_dictionary_has_the_last_value_and_an_item_of_a_set_is_there_once()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        var members = typeof(Repeated).GetProperties();
        writer.WriteMapHeader(members.Length);
        foreach (var member in members)
        {
            writer.Write(member.Name);
            if (IsSet(member.Name))
            {
                writer.WriteArrayHeader(2);
                writer.Write("a");
                writer.Write("a");
            }
            else
            {
                writer.WriteMapHeader(2);
                writer.Write("a");
                writer.Write(1);
                writer.Write("a");
                writer.Write(2);
            }
        }

        writer.Flush();

        AssertOnce(Wire.Read<Repeated>(output.WrittenMemory));
    }

    [Fact]
    public void It_is_the_same_in_JSON()
    {
        var members = typeof(JsonRepeated).GetProperties();
        var json = string.Join(',', members.Select(member =>
            $"\"{member.Name}\":" + (IsSet(member.Name) ? """["a","a"]""" : """{"a":1,"a":2}""")));

        AssertOnce(Wire.Read<JsonRepeated>(Encoding.UTF8.GetBytes($"{{{json}}}")));
    }

    private static bool IsSet(string member) => member.EndsWith("Set", StringComparison.Ordinal);

    private static void AssertOnce(object task)
    {
        foreach (var member in task.GetType().GetProperties())
        {
            Assert.Equal(
                [IsSet(member.Name) ? "a" : "[a, 2]"],
                ((IEnumerable)member.GetValue(task)!).Cast<object>().Select(item => item.ToString()));
        }
    }
}

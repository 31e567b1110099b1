using Microsoft.CodeAnalysis;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class TaskTests
{
    [Fact]
    public Task A_positional_record() => GeneratorTest.RunContracts("""
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("email:welcome", Queue = "critical", MaxRetry = 5, TimeoutSeconds = 30, RetentionSeconds = 60, UniqueForSeconds = 9)]
        public sealed partial record WelcomeEmail(long UserId, string Address, string? Name, string Locale = "en");
        """).VerifyAsync("Task.positional");

    [Fact]
    public Task Members_that_are_set_after_construction() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("note")]
        public partial class Note
        {
            public required string Text { get; init; }
            public int Priority { get; set; }
            public string Locale { get; init; } = "en";
            public List<string> Tags { get; set; } = [];
            public string? Author;
            public string Shout => Text + "!";
        }
        """).VerifyAsync("Task.members");

    [Fact]
    public Task Nested_objects_lists_and_dictionaries() => GeneratorTest.RunContracts("""
        using System;
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace Shop;
        public enum Color : byte { Red, Green }
        public readonly record struct Money(decimal Amount, string Currency);
        public sealed record Line(string Sku, Money Price, Color? Color);
        public sealed record Tree(string Name, List<Tree>? Children);
        [AsynqTask("order")]
        public readonly partial record struct Order(
            Guid Id, Line[] Lines, IReadOnlyDictionary<string, Money?> Totals, Tree? Tree, IReadOnlyList<Color> Colors);
        """).VerifyAsync("Task.nested");

    [Fact]
    public Task Sorted_texts_and_numbers() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Text.Json.Serialization;
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("sorted", Format = PayloadFormat.Json)]
        public sealed partial record Sorted(SortedSet<string?> Words, SortedSet<int> Numbers, SortedList<string, int> List)
        {
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
            public ImmutableSortedDictionary<string, int> Map { get; init; } = ImmutableSortedDictionary<string, int>.Empty;
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
            public SortedList<int, string> ByNumber { get; init; } = [];
        }
        """).VerifyAsync("Task.sorted");

    [Fact]
    public Task Names_that_need_care() => GeneratorTest.RunContracts("""
        using Asynq.Typed;
        [AsynqTask("global")]
        public sealed partial record @class(int @int, string reader, string writer, bool members, long _x, int Name, int name);

        namespace @namespace.Outer
        {
            public static partial class @static
            {
                internal partial struct Holder
                {
                    private sealed record Secret(int X);
                    [AsynqTask("a\"b\\c")]
                    private sealed partial record Inner
                    {
                        public Secret? Value { get; init; }
                        public static int AsynqPayload => 0;
                    }
                }
            }
        }
        """).VerifyAsync("Task.names");

    [Fact]
    public Task Equal_names_in_several_namespaces() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace A { public sealed record Item(int X); public enum Kind { One } }
        namespace B { public sealed record Item(string X); public enum Kind { Two } }
        namespace A { [AsynqTask("a")] public sealed partial record Job(List<A.Item> First, List<B.Item> Second, List<A.Kind> Third, List<B.Kind> Fourth); }
        namespace B { [AsynqTask("b")] public sealed partial record Job(A.Item First, Item Second); }
        namespace B { [AsynqTask("c")] public sealed partial record JOB; }
        """).VerifyAsync("Task.equalNames");

    [Fact]
    public Task Members_with_keys_formatters_and_unions() => GeneratorTest.RunContracts("""
        using System;
        using System.Collections.Immutable;
        using Asynq.Typed;
        using MessagePack;
        namespace Shop;
        [PayloadUnion(0, typeof(Card)), PayloadUnion(1, typeof(Cash))]
        public abstract record Payment;
        public sealed record Card([PayloadKey("no")] string Number) : Payment;
        public sealed record Cash([PayloadKey(0)] decimal Amount, [PayloadKey(2)] string? Currency) : Payment;
        public readonly struct Opaque;
        public static class OpaqueFormat { }
        public sealed class OpaqueFormatter : IPayloadFormatter<Opaque>
        {
            public static void Write(ref MessagePackWriter writer, Opaque value) => writer.WriteNil();
            public static Opaque Read(ref MessagePackReader reader) { reader.ReadNil(); return default; }
        }
        [MessagePackObject] public sealed class Old { [Key(0)] public int X { get; set; } [IgnoreMember] public int Y { get; set; } }
        [AsynqTask("paid")]
        public sealed partial record Paid(
            Payment Payment, [PayloadFormatter(typeof(OpaqueFormatter))] Opaque? Opaque, Old Old, (int, string?) Pair, ImmutableArray<int> Numbers)
        {
            [PayloadIgnore] public int Ignored { get; set; }
            [Obsolete] public int Former { get; init; }
        }
        """).VerifyAsync("Task.layouts");

    [Fact]
    public Task A_task_in_JSON() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("json", Format = PayloadFormat.Json, Naming = PayloadNaming.SnakeCase)]
        public sealed partial record Invoice(
            long UserId,
            [property: JsonPropertyName("lines")] List<string> Text,
            Dictionary<int, bool> Flags,
            [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string Note)
        {
            [JsonIgnore] public int Local { get; set; }
        }
        """).VerifyAsync("Task.json");

    [Fact]
    public Task A_task_that_is_raw_bytes() => GeneratorTest.RunContracts("""
        using System;
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("raw", Format = PayloadFormat.Raw)]
        public sealed partial record Raw(ReadOnlyMemory<byte> Bytes);
        """).VerifyAsync("Task.raw");

    [Fact]
    public Task Inherited_members() => GeneratorTest.RunContracts("""
        using Asynq.Typed;
        namespace Shop;
        public abstract record Event(string Source) { public int Version { get; init; } = 1; }
        [AsynqTask("event")]
        public partial record Placed(string Source, long Id) : Event(Source);
        """).VerifyAsync("Task.inherited");

    [Fact]
    public Task Members_that_make_the_unique_key() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using Asynq.Typed;
        namespace Shop;
        public abstract record Event([UniqueKey] string Source) { [UniqueKey] public virtual int Version { get; init; } = 1; }
        public readonly record struct UniqueKey(int Value);
        [AsynqTask("key:map")]
        public partial record Placed(string Source, long Id, [UniqueKey] UniqueKey Key) : Event(Source)
        {
            public override int Version { get; init; } = 2;
        }
        [AsynqTask("key:array")]
        public sealed partial record Numbered([PayloadKey(0)] int Id, [PayloadKey(2), UniqueKey] string? Name, [PayloadKey(3)] int Rest);
        [AsynqTask("key:json", Format = PayloadFormat.Json, Naming = PayloadNaming.CamelCase)]
        public partial struct Json
        {
            [UniqueKey] public List<string> UserNames { get; set; }
            [UniqueKey, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Note { get; set; }
            public int Other { get; set; }
        }
        [AsynqTask("key:raw", Format = PayloadFormat.Raw)]
        public sealed partial record Raw([UniqueKey] byte[] Bytes);
        """).VerifyAsync("Task.uniqueKey");

    [Fact]
    public Task Tasks_that_say_what_their_result_is() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace Shop;
        public sealed record Result(int Value, string[]? Notes);
        [AsynqTask("sum", Result = typeof(Result))] public sealed partial record Sum(int A, int B);
        [AsynqTask("json", Format = PayloadFormat.Json, Result = typeof(List<int>))] public sealed partial record Json(int A);
        [AsynqTask("raw", Format = PayloadFormat.Raw, Result = typeof(byte[]))] public sealed partial record Raw(byte[] Bytes);
        """).VerifyAsync("Task.result");

    [Fact]
    public void Where_nobody_says_what_may_be_null_keys_may_not() => Assert.Contains(
        "global::System.Collections.Generic.Dictionary<string, string?>",
        GeneratorTest.RunContracts("""
            #nullable disable
            [Asynq.Typed.AsynqTask("x")]
            public sealed partial record T(System.Collections.Generic.Dictionary<string, string> Tags);
            """).Files["T.g.cs"],
        StringComparison.Ordinal);

    [Fact]
    public void Marking_a_member_as_unique_key_changes_the_task_and_not_the_handlers()
    {
        const string Source = "[Asynq.Typed.AsynqTask(\"x\")] public sealed partial record T(int X, int Y);";
        const string Handler = """
            using System.Threading;
            using System.Threading.Tasks;
            using Asynq.Typed;
            public sealed class H : IHandle<T>
            {
                public Task HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
            }
            """;
        var test = GeneratorTest.Run(Source, Handler);
        var edited = test.Edit(0, Source.Replace("int Y", "[Asynq.Typed.UniqueKey] int Y", StringComparison.Ordinal));

        Assert.DoesNotContain("WriteUniqueKey", test.Files["T.g.cs"], StringComparison.Ordinal);
        Assert.Contains("WriteUniqueKey", edited.Files["T.g.cs"], StringComparison.Ordinal);
        Assert.All(edited.Reasons(TrackingNames.HandlerFile), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_key_that_is_pinned_on_the_parameter_of_a_base_holds_for_what_is_derived() => Assert.Contains(
        "writer.WriteName(\"src\"u8);",
        GeneratorTest.RunContracts("""
            using Asynq.Typed;
            public abstract record Event([PayloadKey("src")] string Source);
            [AsynqTask("x")] public sealed partial record T(string Source) : Event(Source);
            """).Files["T.g.cs"],
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(int X) { [UniqueKey] private int Y { get; set; } }")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(int X) { [UniqueKey] public int Y => X; }")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(int X) { [UniqueKey, PayloadIgnore] public int Y { get; set; } }")]
    [InlineData("[AsynqTask(\"x\", Result = typeof(object))] public sealed partial record T(int X);")]
    [InlineData("[AsynqTask(\"x\", Result = typeof(int), Format = PayloadFormat.Raw)] public sealed partial record T(byte[] X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed record T(int X);")]
    [InlineData("[AsynqTask(\"x\")] public abstract partial record T(int X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T<TItem>(TItem X);")]
    [InlineData("[AsynqTask(\" \")] public sealed partial record T(int X);")]
    [InlineData("[AsynqTask(\"x\")] file sealed partial record T(int X);")]
    [InlineData("public class Outer { [AsynqTask(\"x\")] public sealed partial record T(int X); }")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(object X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(System.IO.Stream X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(nint X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(int[,] X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(System.Action X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T(System.Collections.Generic.Dictionary<double, int> X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial class T(int hidden) { public int X { get; set; } = hidden; }")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial class T { public int[] Lost { get; } = []; }")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial class T { public int X { get; private set; } public Sub Y { get; set; } = new(); } public class Sub { public int X { get; private set; } }")]
    [InlineData("[AsynqTask(\"x\", Format = PayloadFormat.Raw)] public sealed partial record T(int X);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T([PayloadKey(0)] int X, int Y);")]
    [InlineData("[AsynqTask(\"x\")] public sealed partial record T([PayloadKey(\"a\")] int X, [PayloadKey(\"a\")] int Y);")]
    [InlineData("public struct S; public class F; [AsynqTask(\"x\")] public sealed partial record T([PayloadFormatter(typeof(F))] S X);")]
    [InlineData("[PayloadUnion(0, typeof(int))] public interface IU; [AsynqTask(\"x\")] public sealed partial record T(IU X);")]
    [InlineData("public partial struct Empty; [AsynqTask(\"x\")] public sealed partial record T(Empty X);")]
    [InlineData("public class StronglyTypedIdAttribute : System.Attribute; [StronglyTypedId] public partial struct Id; [AsynqTask(\"x\")] public sealed partial record T(Id X);")]
    [InlineData("public class ObservableAttribute : System.Attribute; [AsynqTask(\"x\")] public sealed partial class T { [Observable] private int x = 1; public int Y => x; }")]
    [InlineData("public class DtoAttribute : System.Attribute; [Dto, AsynqTask(\"x\")] public sealed partial class T;")]
    public void A_type_whose_shape_cannot_be_seen_gets_nothing(string source) =>
        Assert.Empty(GeneratorTest.RunContracts("using Asynq.Typed;\n" + source).Files);

    [Fact]
    public void An_edit_changes_the_text()
    {
        const string Source = "[Asynq.Typed.AsynqTask(\"x\")] public sealed partial record T(int X);";
        var test = GeneratorTest.RunContracts(Source);
        var edited = test.Edit(0, Source.Replace("int X", "long X", StringComparison.Ordinal));

        Assert.NotEqual(test.Files["T.g.cs"], edited.Files["T.g.cs"]);
        Assert.Contains(IncrementalStepRunReason.Modified, edited.Reasons(TrackingNames.Tasks));
    }

    [Fact]
    public void An_edit_below_changes_nothing()
    {
        const string Source = "[Asynq.Typed.AsynqTask(\"x\")] public sealed partial record T(int X);";
        var edited = GeneratorTest.RunContracts(Source).Edit(0, Source + "\n// A remark.\n");

        Assert.All(edited.Reasons(TrackingNames.TaskFiles), reason =>
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void A_nested_record_that_is_edited_in_another_file_regenerates_its_users()
    {
        const string Nested = "public sealed record Address(string Street);";
        const string Task = "[Asynq.Typed.AsynqTask(\"x\")] public sealed partial record T(Address Address);";
        const string Other = "[Asynq.Typed.AsynqTask(\"y\")] public sealed partial record U(int X);";
        var edited = GeneratorTest.RunContracts(Task, Nested, Other)
            .Edit(1, Nested.Replace("string Street", "string Street, string Zip", StringComparison.Ordinal));

        Assert.Contains("\"Zip\"u8", edited.Files["T.g.cs"], StringComparison.Ordinal);
        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], edited.Reasons(TrackingNames.TaskFiles));
    }

    [Fact]
    public void Partial_declarations_give_one_file_whatever_their_order()
    {
        const string First = "[Asynq.Typed.AsynqTask(\"x\")] public sealed partial class T { public int A { get; set; } }";
        const string Second = "public sealed partial class T { public int B { get; set; } }";

        var text = Assert.Single(GeneratorTest.RunContracts(First, Second).Files).Value;
        Assert.Equal(text, Assert.Single(GeneratorTest.RunContracts(Second, First).Files).Value);
        Assert.Contains("\"B\"u8", text, StringComparison.Ordinal);
    }
}

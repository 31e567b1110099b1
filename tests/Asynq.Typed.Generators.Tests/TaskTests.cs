using Microsoft.CodeAnalysis;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class TaskTests
{
    [Fact]
    public void A_positional_record() => GeneratorTest.RunContracts("""
        using Asynq.Typed;
        namespace Shop;
        [AsynqTask("email:welcome", Queue = "critical", MaxRetry = 5, TimeoutSeconds = 30, RetentionSeconds = 60, UniqueForSeconds = 9)]
        public sealed partial record WelcomeEmail(long UserId, string Address, string? Name, string Locale = "en");
        """).Verify("Task.positional");

    [Fact]
    public void Members_that_are_set_after_construction() => GeneratorTest.RunContracts("""
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
        """).Verify("Task.members");

    [Fact]
    public void Nested_objects_lists_and_dictionaries() => GeneratorTest.RunContracts("""
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
        """).Verify("Task.nested");

    [Fact]
    public void Names_that_need_care() => GeneratorTest.RunContracts("""
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
        """).Verify("Task.names");

    [Fact]
    public void Equal_names_in_several_namespaces() => GeneratorTest.RunContracts("""
        using System.Collections.Generic;
        using Asynq.Typed;
        namespace A { public sealed record Item(int X); public enum Kind { One } }
        namespace B { public sealed record Item(string X); public enum Kind { Two } }
        namespace A { [AsynqTask("a")] public sealed partial record Job(List<A.Item> First, List<B.Item> Second, List<A.Kind> Third, List<B.Kind> Fourth); }
        namespace B { [AsynqTask("b")] public sealed partial record Job(A.Item First, Item Second); }
        namespace B { [AsynqTask("c")] public sealed partial record JOB; }
        """).Verify("Task.equalNames");

    [Fact]
    public void Inherited_members() => GeneratorTest.RunContracts("""
        using Asynq.Typed;
        namespace Shop;
        public abstract record Event(string Source) { public int Version { get; init; } = 1; }
        [AsynqTask("event")]
        public partial record Placed(string Source, long Id) : Event(Source);
        """).Verify("Task.inherited");

    [Theory]
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

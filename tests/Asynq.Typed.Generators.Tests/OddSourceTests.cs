using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>Sources of which one part must not take the others with it, and types whose declaration is elsewhere.</summary>
public class OddSourceTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Diagnostics.CodeAnalysis;
        using System.Text.Json.Serialization;
        using Asynq.Typed;

        """;

    [Fact]
    public void A_task_that_is_marked_twice_leaves_the_others_as_they_are() => Assert.Equal(
        ["T.g.cs", "U.g.cs"],
        GeneratorTest.RunFaulty(
            Usings + "[AsynqTask(\"x\")] public sealed partial record T(int X);",
            Usings + "[AsynqTask(\"y\")] public sealed partial record T; [AsynqTask(\"z\")] public sealed partial record U(int X);").Files.Keys.Order());

    [Fact]
    public void A_struct_of_a_tasks_name_leaves_the_others_as_they_are() => Assert.Equal(
        ["T.g.cs", "U.g.cs"],
        GeneratorTest.RunFaulty(
            Usings + "[AsynqTask(\"x\")] public sealed partial record T(int X);",
            Usings + "[AsynqTask(\"y\")] public partial struct T; [AsynqTask(\"z\")] public sealed partial record U(int X);").Files.Keys.Order());

    [Fact]
    public void A_formatter_that_is_still_being_written_leaves_the_others_as_they_are() => Assert.Equal(
        ["U.g.cs"],
        GeneratorTest.RunFaulty(Usings + """
            public struct S; public sealed class F : IPayloadFormatter;
            [AsynqTask("x")] public sealed partial record T([PayloadFormatter(typeof(F))] S S);
            [AsynqTask("z")] public sealed partial record U(int X);
            """).Files.Keys);

    [Fact]
    public void An_assembly_may_be_experimental_as_a_whole()
    {
        var library = GeneratorTest.Reference("Library", """
            [assembly: System.Diagnostics.CodeAnalysis.Experimental("LIB1")]
            namespace Library;
            public sealed record R(int X);
            public enum E { A }
            """);

        Assert.NotEmpty(GeneratorTest.RunWith(library, Usings + """
            #pragma warning disable LIB1
            [AsynqTask("x", Result = typeof(Library.E))] public sealed partial record T(Library.R R, List<Library.R?> Rs, Library.E E = Library.E.A);
            """).Files);
    }

    [Fact]
    public void A_mark_that_leaves_a_member_out_holds_for_what_overrides_it()
    {
        var files = GeneratorTest.RunContracts(Usings + """
            public abstract class B
            {
                [PayloadIgnore] public virtual int A { get; set; }
                [MessagePack.IgnoreMember] public virtual int M { get; set; }
                [JsonIgnore] public virtual int J { get; set; }
                [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public virtual int D { get; set; }
            }
            public class Middle : B { public override int A { get; set; } }
            [AsynqTask("x")] public sealed partial class T : Middle { public override int A { get; set; } public override int M { get; set; } public override int J { get; set; } }
            [AsynqTask("y", Format = PayloadFormat.Json)] public sealed partial class V : Middle { public override int A { get; set; } public override int M { get; set; } public override int J { get; set; } public override int D { get; set; } }
            """).Files;

        Assert.Equal(["D", "J"], Names(files["T.g.cs"]));
        Assert.Equal(["M", "D"], Names(files["V.g.cs"]).Order().Reverse());
        Assert.Contains("if (value.D != default)", files["V.g.cs"], StringComparison.Ordinal);

        static IEnumerable<string> Names(string file) => System.Text.RegularExpressions.Regex
            .Matches(file, "writer.WriteName\\(\"(\\w+)\"u8\\)").Select(match => match.Groups[1].Value);
    }

    [Fact]
    public void A_struct_of_another_assembly_is_judged_by_its_fields()
    {
        var library = GeneratorTest.Reference("Library", """
            namespace Library;
            public readonly struct Instant { private readonly long _ticks; private Instant(long ticks) => _ticks = ticks; public long Ticks => _ticks; public static Instant Of(long ticks) => new(ticks); }
            public readonly struct Point { public Point(int x) => X = x; public int X { get; } }
            public struct Open { public int X { get; set; } public int Y; public event System.Action? E; public void M() => E?.Invoke(); }
            public sealed class Period { private long _ticks; public long Ticks => _ticks; public static Period Of(long ticks) => new() { _ticks = ticks }; }
            public sealed record Marker;
            """);

        Assert.NotEmpty(GeneratorTest.RunWith(library, Usings + "[AsynqTask(\"x\")] public sealed partial record T(Library.Point P, Library.Open O, Library.Marker M);").Files);
        Assert.Empty(GeneratorTest.RunWith(library, Usings + "[AsynqTask(\"x\")] public sealed partial record T(Library.Instant I);").Files);
        Assert.Empty(GeneratorTest.RunWith(library, Usings + "[AsynqTask(\"x\")] public sealed partial record T(Library.Period P);").Files);
    }
}

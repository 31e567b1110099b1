using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>Types that are legal and that few write. What is generated compiles without a warning, or nothing is.</summary>
public class OddTypeTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Diagnostics.CodeAnalysis;
        using System.Text.Json.Serialization;
        using Asynq.Typed;

        """;

    public static TheoryData<string, string> Accepted => new()
    {
        { "contextual keywords as names", """
            #pragma warning disable CS8981
            public record struct S(int X);
            public sealed record And(int X); public sealed record When(int X); public sealed record Or(int X); public sealed record Not(int X);
            [PayloadUnion(0, typeof(And2)), PayloadUnion(1, typeof(when)), PayloadUnion(2, typeof(Or2))] public interface IU;
            public sealed record And2(int X) : IU; public sealed record when(int X) : IU; public sealed record Or2(int X) : IU;
            [AsynqTask("x")] public sealed partial record T(
                S? And, S? Or, S? Not, S? When, S? With, S? Is, S? As, S? Scoped, S? Var, S? Await, S? Async, S? Yield, S? Field, S? Record,
                S? Required, S? File, S? Partial, S? Where, S? From, S? Select, S? Get, S? Set, S? Init, S? Dynamic, S? Nameof, S? Global,
                S? Managed, S? Unmanaged, S? Notnull, S? Extension, S? Allows, S? Nint, S? Alias, S? On, S? Equals2, S? By, S? _, S? __, S? Args,
                S? Value, S? Writer, S? Reader, S? Members, S? Key, S? Index, S? Initial, S? HasKey, S? Item, S? Present, IU U);
            """ },
        { "contextual keywords as types", """
            namespace Scopes;
            #pragma warning disable CS8981
            public sealed record @record(int X); public sealed record @required(int X); public sealed record @scoped(int X);
            public sealed record @file(int X); public sealed record @await(int X);
            public sealed record @dynamic(int X); public sealed record @nint(int X); public sealed record @field(int X);
            [AsynqTask("x")] public sealed partial record @with(
                @record A, @required B, @scoped C, @file D, Scopes.@await E, Scopes.@dynamic G, Scopes.@nint H, @field I);
            public partial class @class { [AsynqTask("y")] public sealed partial record @event(int @int, string @string); }
            """ },
        { "a keyword, its capital and its double", "[AsynqTask(\"x\")] public sealed partial record T(int @class, int Class, int Class2, int class2, int @int, int Int);" },
        { "unicode names", "namespace Über.日本; [AsynqTask(\"ü\")] public sealed partial record Größe(int Länge, string 名前, double _ß, int İ, int ı);" },
        { "defaults of every kind", """
            public enum E : sbyte { A = -1, B = 1 } public enum U : ulong { Max = ulong.MaxValue } public enum L : long { Min = long.MinValue }
            [AsynqTask("x")] public sealed partial record T(
                E E1 = E.A, U U1 = U.Max, L L1 = L.Min, E? E2 = E.B, E? E3 = null, char C1 = '\'', char C2 = '"', char C3 = '\u2028', char C4 = '\\',
                decimal D1 = -79228162514264337593543950335m, decimal D2 = 1.10m, float F1 = float.NaN, float F2 = float.NegativeInfinity,
                float F3 = float.Epsilon, float F4 = 1e30f, double G1 = double.MaxValue, double G2 = -0.0, double G3 = double.PositiveInfinity,
                string S1 = "a\"b\\c\n\u2028\0{}", string? S2 = null, string S3 = "", byte B1 = 255, sbyte B2 = -128, short H1 = short.MinValue,
                ushort H2 = 65535, int I1 = int.MinValue, uint I2 = uint.MaxValue, long J1 = long.MinValue, ulong J2 = ulong.MaxValue,
                int? N1 = 5, int? N2 = null, bool Z = true, Guid K = default, DateTime M = default, DateTime? M2 = null, (int, int) Tu = default,
                int[]? Arr = null, List<int>? Li = default, decimal? D3 = -1.5m, char? C5 = '"', ImmutableArray<int> Im = default);
            """ },
        { "a default that is a constant with attributes of its own", """
            [AsynqTask(T.Name, Queue = nameof(T), MaxRetry = 1 + 2)] public sealed partial record T(int X = T.Most) { public const string Name = "a" + ":b"; public const int Most = 1 << 4; }
            """ },
        { "params", """
            [AsynqTask("x")] public sealed partial record T(int A, params int[] Rest);
            [AsynqTask("y")] public sealed partial record V(params List<string> Rest);
            [AsynqTask("z")] public sealed partial record W(params IEnumerable<string?>? Rest);
            """ },
        { "a parameter and a property of the same name in another case", """
            [AsynqTask("x")] public sealed partial class T(int count) { public int Count { get; init; } = count; }
            [AsynqTask("y")] public sealed partial class V(int count) { public int Count => count; }
            """ },
        { "a constructor with two parameters for one member", """
            [AsynqTask("x")] public sealed partial class T { public T(int a, int A) => this.A = a + A; public T(int a) => A = a; public int A { get; } }
            """ },
        { "a parameter that knows no null for a member that does", """
            [AsynqTask("x")] public sealed partial class T { public T(string name, List<int> list) { Name = name; List = list; } public string? Name { get; } public List<int>? List { get; } }
            """ },
        { "a parameter that knows null for a member that does not", """
            [AsynqTask("x")] public sealed partial class T { public T(string? name, List<int>? list) { Name = name ?? ""; List = list ?? []; } public string Name { get; } public List<int> List { get; } }
            """ },
        { "a member that may be read as null and not set so, or the other way round", """
            [AsynqTask("x")] public sealed partial class T { [DisallowNull] public string? A { get; set; } [AllowNull] public string B { get; set; } = ""; }
            """ },
        { "nested nullability that differs between parameter and member", """
            [AsynqTask("x")] public sealed partial class T { public T(List<string> names) => Names = names; public IReadOnlyList<string?> Names2 => Names; public List<string> Names { get; } }
            """ },
        { "members hidden with new", """
            public class B { public int X { get; set; } public string? Y { get; set; } public int Z { get; set; } }
            public class C : B { public new string? X { get; set; } public new int? Y; }
            [AsynqTask("x")] public sealed partial class T : C { public new long Z { get; set; } }
            """ },
        { "required and virtual in bases", """
            public abstract record B { public required string Name { get; init; } public abstract int X { get; init; } public virtual int Y { get; set; } = 3; }
            [AsynqTask("x")] public sealed partial record T : B { public override int X { get; init; } public override int Y { get => base.Y; set => base.Y = value; } }
            """ },
        { "explicit interface members and default interface members", """
            public interface I { int A { get; set; } int B => 3; static int C { get; set; } static abstract int D { get; } }
            [AsynqTask("x")] public sealed partial class T : I { int I.A { get; set; } static int I.D => 3; public int E { get; set; } }
            """ },
        { "JsonIgnore of every condition on every kind of collection", """
            public enum E : byte { A }
            [AsynqTask("x", Format = PayloadFormat.Json)] public sealed partial record T(
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] IEnumerable<int> A,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<int> B,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableQueue<int> C,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ISet<int> D,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Queue<int> F,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LinkedList<int> G,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Dictionary<string, int> H,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] byte[] I,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ReadOnlyMemory<byte> J,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] E K,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Half L,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Stack<int> M,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableDictionary<int, int> N,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] IEnumerable<int>? O,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] System.Collections.Frozen.FrozenSet<int> P,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Uri Q,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<int>? R,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int[]? S,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int U,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int V,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] System.Collections.ObjectModel.ReadOnlyCollection<int> W,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string Y);
            """ },
        { "enums of every underlying type", """
            public enum A : byte { X } public enum B : sbyte { X } public enum C : short { X } public enum D : ushort { X }
            public enum E : int { X } public enum F : uint { X } public enum G : long { X } public enum H : ulong { X }
            [AsynqTask("x")] public sealed partial record T(A A1, B B1, C C1, D D1, E E1, F F1, G G1, H H1, Dictionary<A, B> D2, Dictionary<H, D?> D3, SortedList<F, H[]> D4, A?[] D5);
            [AsynqTask("y", Format = PayloadFormat.Json)] public sealed partial record V(A A1, B B1, C C1, D D1, E E1, F F1, G G1, H H1, Dictionary<A, B> D2, Dictionary<H, D?> D3, SortedList<F, H[]> D4, A?[] D5);
            """ },
        { "long tuples with names and tuples in each other", """
            public sealed class Node { public (Node? Left, Node? Right) Next { get; set; } }
            [AsynqTask("x")] public sealed partial record T(
                (int a, string b, long c, int d, int e, int f, int g, (int h, string? i) h2, int? j, Node k) Long,
                (int x, string y, long c, int d, int e, int f, int g, (int p, string? q) h2, int? j, Node k) Other,
                List<(int A, string? B)?> List, Tuple<int, string> Class, KeyValuePair<string, int?> Pair, ValueTuple<int, int> Plain);
            """ },
        { "nested generics and nullable values in collections", """
            public class Outer<T> { public sealed record Inner<U>(T A, U B, U? C, List<U?> D) where U : notnull; }
            public sealed record Box<T>(T Value);
            [AsynqTask("x")] public sealed partial record T(
                Outer<int>.Inner<string> A, Outer<string?>.Inner<int> B, Box<Box<Box<int?>>> C, Box<string?> D, Box<string> E, Box<int[]?[]> F,
                int?[]?[][]? G, List<List<int?>?>? H, Dictionary<string, Dictionary<int, Box<(int, string?)>?>?> I);
            """ },
        { "types that contain each other", """
            public sealed record A(B? B, List<C> C); public sealed record B(A? A, C[] C); public readonly record struct C(A? A, List<C>? Self);
            [AsynqTask("x")] public sealed partial record T(A A, T? Parent, List<T> Children);
            """ },
        { "arrays of arrays and bytes", "[AsynqTask(\"x\")] public sealed partial record T(int[][] A, byte[][] B, byte[]?[] C, string[]?[]? D, ReadOnlyMemory<byte>? E, List<byte[]> F);" },
        { "structs of every kind", """
            public struct Plain { public int A; public string? B { get; set; } } public readonly struct Ro { public Ro(int a) => A = a; public int A { get; } }
            public ref struct Not { } public record struct P(int A) { public int B { get; set; } = 3; }
            [AsynqTask("x")] public partial struct T { public Plain A; public Ro B { get; init; } public P C; public Ro? D; public readonly int E => 1; public readonly Not F => default; public ref int G => ref H[0]; public int[] H; }
            [AsynqTask("y")] public readonly partial struct V { public V(in int a, Plain b) { A = a; B = b; } public readonly int A; public Plain B { get; } }
            """ },
        { "obsolete members and types", """
            [Obsolete("old")] public sealed record Old(int X);
            #pragma warning disable CS0618
            [AsynqTask("x")] public sealed partial record T([property: Obsolete] int A, Old B, List<Old>? C);
            """ },
        { "static, indexed, write-only and computed members", """
            [AsynqTask("x")] public sealed partial class T { public static int S { get; set; } public const int K = 3; public int this[int i] => i; public int W { set { } } public int C => 3; public event Action? E; public int V { get; set; } = 1; public void M() => E?.Invoke(); public static readonly int R = 1; public volatile int Vo; }
            """ },
        { "a base with a nested type of the holder's name", """
            public class B { public static class AsynqPayload; public int X { get; set; } }
            [AsynqTask("x")] public sealed partial class T : B;
            """ },
        { "a base task that is not sealed", """
            [AsynqTask("x")] public partial record B(int X);
            [AsynqTask("y")] public partial record D(int X, int Y) : B(X);
            [AsynqTask("z")] public sealed partial record F(int X, int Y, B Inner) : D(X, Y);
            """ },
        { "structs whose fields are all carried, by members, setters or the constructor", """
            public readonly struct P(int x, int y) { public int X => x; public int Y => y; }
            public readonly struct Q { private readonly int _x; public Q(int x) => _x = x; public int X => _x; public static readonly int S = 1; public const int K = 2; }
            public struct R { private int _a; public int A { get => _a; set => _a = value; } public int B; public event Action? E; public void M() => E?.Invoke(); }
            public struct S { [PayloadIgnore] private int _cache; public int A { get; set; } [PayloadIgnore] public int B { get; set; } public int Hash => _cache; public void M() => _cache = 1; }
            public struct U(int x) { public int X { get; set; } = x; public readonly int Y = x; }
            public struct Nothing;
            [AsynqTask("x")] public sealed partial record T(P P, Q Q, R R, S S, Nothing N, KeyValuePair<int, Q> Pair, DateTime? At);
            """ },
        { "classes that keep what they can compute again, or nothing", """
            public sealed class C { private int _cache; public int A { get; set; } public int Hash => _cache += A; }
            public sealed class Nothing { public const int K = 1; public static int S { get; set; } public int Three => 3; }
            public sealed class Ignored { [PayloadIgnore] private int _x; public int X => _x; public void M() => _x = 1; }
            [AsynqTask("x")] public sealed partial record T(C C, Nothing N, Ignored I);
            """ },
        { "members that may not be used at all", """
            [Obsolete("old")] public enum E { A } [Obsolete("old")] public sealed record O(int X);
            public class Outer { [Obsolete("old")] public static class Holder { public sealed record In(int X); } }
            #pragma warning disable CS0612, CS0618
            [AsynqTask("a")] public sealed partial class A { [Obsolete("gone", error: true)] public int Former { get; init; } public int X { get; init; } }
            [AsynqTask("b")] public sealed partial record B(E E, List<O?> Os, Outer.Holder.In In, Dictionary<E, int> ByE);
            """ },
        { "a protected setter and a constructor of the task's own", """
            public class B { public B() { } public int X { get; protected set; } }
            [AsynqTask("x")] public sealed partial class T : B { public int Z { get; private set; } }
            [AsynqTask("y")] public sealed partial class V { private V() { } public int X { get; private set; } }
            """ },
        { "a formatter that is the task's own secret", """
            public struct S;
            [AsynqTask("x")] public sealed partial record T([PayloadFormatter(typeof(T.F))] S S)
            {
                private sealed class F : IPayloadFormatter<S>
                {
                    public static void Write(ref MessagePack.MessagePackWriter writer, S value) => writer.WriteNil();
                    public static S Read(ref MessagePack.MessagePackReader reader) { reader.ReadNil(); return default; }
                }
            }
            """ },
        { "a raw task whose constructor takes what is also required", """
            [AsynqTask("x", Format = PayloadFormat.Raw)] public sealed partial class T(byte[] body) { public required byte[] Body { get; init; } = body; }
            [AsynqTask("y", Format = PayloadFormat.Raw)] public sealed partial class V { public V(ReadOnlyMemory<byte> body) => Body = body; public ReadOnlyMemory<byte> Body { get; } }
            """ },
        { "the highest number of a member", "[AsynqTask(\"x\")] public sealed partial record T([PayloadKey(1023)] int X);" },
        { "a required member that is left out and set by the constructor", """
            [AsynqTask("x")] public sealed partial class T { [SetsRequiredMembers] public T() => Y = 1; [PayloadIgnore] public required int Y { get; init; } public int X { get; set; } }
            """ },
        { "names of system types in the way", """
            namespace Shop; public class System; public class Asynq; public class String; public class Task; public static class PayloadWriter;
            [AsynqTask("x")] public sealed partial record List(int[] Int32, Dictionary<string, int> Dictionary, string? Object, global::System.DateTime System);
            """ },
        { "obsolete results, formatters and their marks", """
            [Obsolete("old")] public enum E { A = 1 }
            [Obsolete("old")] public sealed class F : IPayloadFormatter<Guid>, IPayloadFormatter<S>
            {
                public static void Write(ref MessagePack.MessagePackWriter writer, Guid value) => writer.WriteNil();
                public static void Write(ref MessagePack.MessagePackWriter writer, S value) => writer.WriteNil();
                static Guid IPayloadFormatter<Guid>.Read(ref MessagePack.MessagePackReader reader) => default;
                static S IPayloadFormatter<S>.Read(ref MessagePack.MessagePackReader reader) => default;
            }
            #pragma warning disable CS0618
            [PayloadFormatter(typeof(F))] public struct S;
            [AsynqTask("x", Result = typeof(List<E>))] public sealed partial record T(int X);
            [AsynqTask("y")] public sealed partial record U([PayloadFormatter(typeof(F))] Guid X);
            [AsynqTask("z")] public sealed partial record V(List<S> Many);
            """ },
        { "experimental types and members", """
            [Experimental("EXP1")] public sealed record E(int X);
            public sealed record N(int X) { [Experimental("EXP2")] public int Y { get; set; } }
            #pragma warning disable EXP1, EXP2
            [AsynqTask("x", Result = typeof(List<E>))] public sealed partial record T(N N) { [Experimental("EXP2")] public int Z { get; init; } }
            [Experimental("EXP1"), AsynqTask("y")] public sealed partial record U(Dictionary<string, E?> ByName);
            """ },
        { "formatters that know null and that are closed", """
            public sealed record W(string Text);
            public sealed class F : IPayloadFormatter<W?>
            {
                public static void Write(ref MessagePack.MessagePackWriter writer, W? value) => writer.Write(value?.Text);
                public static W? Read(ref MessagePack.MessagePackReader reader) => reader.ReadString() is { } text ? new W(text) : null;
            }
            public struct G<U> : IPayloadFormatter<U>
            {
                public static void Write(ref MessagePack.MessagePackWriter writer, U value) => writer.WriteNil();
                public static U Read(ref MessagePack.MessagePackReader reader) => default!;
            }
            [AsynqTask("x")] public sealed partial record T(
                [PayloadFormatter(typeof(F))] W A, [PayloadFormatter(typeof(F))] W? B, [PayloadFormatter(typeof(G<string>))] string? C, [PayloadFormatter(typeof(G<int>))] int? D);
            """ },
        { "types in collections that are named as parts of the code around them", """
            #pragma warning disable CS8981
            namespace value; public sealed record value(int X); public enum N { A } public enum C { A }
            [AsynqTask("x", Format = PayloadFormat.Json)] public sealed partial record T(
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedList<N, value> A,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedList<string, (C, N)> B,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<value> D,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] System.Collections.ObjectModel.ReadOnlyCollection<(value, C)> E,
                [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedSet<C> F);
            """ },
        { "a default of a moment", """
            using System.Runtime.CompilerServices; using System.Runtime.InteropServices;
            [AsynqTask("x")] public sealed partial class T
            {
                public T([Optional, DateTimeConstant(630000000000000000)] DateTime at, [Optional, DefaultParameterValue(3)] int x) { At = at; X = x; }
                public DateTime At { get; }
                public int X { get; }
            }
            """ },
        { "converters of JSON where it says nothing", """
            [JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 }
            [JsonConverter(typeof(int))] public sealed record N(int X);
            [AsynqTask("x")] public sealed partial record T(E E, N N, Dictionary<E, int> Map, [property: JsonConverter(typeof(int))] int X);
            [JsonConverter(typeof(int)), AsynqTask("y", Format = PayloadFormat.Raw)] public sealed partial record R([property: JsonConverter(typeof(int))] byte[] X);
            """ },
        { "converters of JSON beside a formatter", """
            [JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 }
            [PayloadFormatter(typeof(F)), JsonConverter(typeof(JsonStringEnumConverter))] public enum G { A = 1 }
            [JsonConverter(typeof(int))] public sealed record N(int X);
            public sealed class F : IJsonPayloadFormatter<E>, IJsonPayloadFormatter<G>, IJsonPayloadFormatter<N>
            {
                public static void Write(System.Text.Json.Utf8JsonWriter writer, E value) => writer.WriteNumberValue(0);
                public static void Write(System.Text.Json.Utf8JsonWriter writer, G value) => writer.WriteNumberValue(0);
                public static void Write(System.Text.Json.Utf8JsonWriter writer, N value) => writer.WriteNumberValue(0);
                static E IJsonPayloadFormatter<E>.Read(ref System.Text.Json.Utf8JsonReader reader) => default;
                static G IJsonPayloadFormatter<G>.Read(ref System.Text.Json.Utf8JsonReader reader) => default;
                static N IJsonPayloadFormatter<N>.Read(ref System.Text.Json.Utf8JsonReader reader) => new(0);
            }
            [AsynqTask("x", Format = PayloadFormat.Json)] public sealed partial record T(
                [PayloadFormatter(typeof(F))] E E, G G, List<G> Many, [PayloadFormatter(typeof(F))] [property: JsonConverter(typeof(int))] N N);
            """ },
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "object", "[AsynqTask(\"x\")] public sealed partial record T(object X);" },
        { "dynamic", "[AsynqTask(\"x\")] public sealed partial record T(dynamic X);" },
        { "a pointer", "[AsynqTask(\"x\")] public sealed unsafe partial class T { public int* X; public int Y { get; set; } }" },
        { "a function pointer", "[AsynqTask(\"x\")] public sealed unsafe partial class T { public delegate*<int> X; public int Y { get; set; } }" },
        { "a fixed buffer", "[AsynqTask(\"x\")] public unsafe partial struct T { public fixed int X[4]; public int Y; }" },
        { "a native integer", "[AsynqTask(\"x\")] public sealed partial record T(nint X);" },
        { "a delegate", "[AsynqTask(\"x\")] public sealed partial record T(Action X);" },
        { "a matrix", "[AsynqTask(\"x\")] public sealed partial record T(int[,] X);" },
        { "an interface", "public interface I; [AsynqTask(\"x\")] public sealed partial record T(I X);" },
        { "an abstract class", "public abstract class I; [AsynqTask(\"x\")] public sealed partial record T(I X);" },
        { "a span", "[AsynqTask(\"x\")] public sealed partial class T(int x) { public int X => x; public Span<int> Y { get => default; set { } } }" },
        { "a generic type that grows without end", "public sealed record Node<T>(T Value, Node<Node<T>>? Next); [AsynqTask(\"x\")] public sealed partial record T(Node<int> X);" },
        { "a generic type that grows both ways without end", "public sealed record Node<T>(T Value, Node<T[]>? A, Node<List<T>>? B); [AsynqTask(\"x\")] public sealed partial record T(Node<int> X);" },
        { "a task that is a union", "[PayloadUnion(0, typeof(D)), AsynqTask(\"x\")] public partial record T(int X); public sealed record D(int X) : T(X);" },
        { "a raw task that is a union", "[PayloadUnion(0, typeof(D)), AsynqTask(\"x\", Format = PayloadFormat.Raw)] public partial record T(byte[] X); public sealed record D(byte[] X) : T(X);" },
        { "a raw task of an object", "public sealed record A(byte[] X); [AsynqTask(\"x\", Format = PayloadFormat.Raw)] public sealed partial record T(A X);" },
        { "a class derived from a list", "public sealed class Tags : List<string>; [AsynqTask(\"x\")] public sealed partial record T(Tags X);" },
        { "a class derived from a dictionary with a member", "public sealed class Tags : Dictionary<string, int> { public int A { get; set; } } [AsynqTask(\"x\")] public sealed partial record T(Tags X);" },
        { "a collection of one's own", "public sealed class Tags : IEnumerable<string> { private readonly List<string> l = []; public IEnumerator<string> GetEnumerator() => l.GetEnumerator(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); } [AsynqTask(\"x\")] public sealed partial record T(Tags X);" },
        { "a key on what is not public", "[AsynqTask(\"x\")] public sealed partial class T { [PayloadKey(\"a\")] internal int A { get; set; } public int B { get; set; } }" },
        { "half a pair in a key", "[AsynqTask(\"x\")] public sealed partial class T { [PayloadKey(\"\\ud800\")] public int A { get; set; } }" },
        { "ignored in one direction only", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial class T { [JsonIgnore(Condition = (JsonIgnoreCondition)4)] public int A { get; set; } public int B { get; set; } }" },
        { "a member hidden by a method", "public class B { public int X { get; set; } } [AsynqTask(\"x\")] public sealed partial class T : B { private new string X() => \"\"; public string Z => X(); }" },
        { "a member hidden by a static one", "public class B { public int X { get; set; } } [AsynqTask(\"x\")] public sealed partial class T : B { public new static int X; }" },
        { "a member whose second parameter has no member", "[AsynqTask(\"x\")] public sealed partial class T { public T(int a, int A) => this.A = a + A; public int A { get; } }" },
        { "a key of MessagePack on what is not public", "[MessagePack.MessagePackObject] public sealed class M { [MessagePack.Key(0)] public int A { get; set; } [MessagePack.Key(1)] internal int B { get; set; } } [AsynqTask(\"x\")] public sealed partial record T(M M);" },
        { "a struct that keeps all it has to itself", "public readonly struct UserId { private readonly Guid _v; private UserId(Guid v) => _v = v; public Guid Value => _v; public static UserId Of(Guid v) => new(v); } [AsynqTask(\"x\")] public sealed partial record T(UserId X);" },
        { "a struct whose constructor calls its members otherwise", "public readonly struct Range(int lo, int hi) { public int Low => lo; public int High => hi; } [AsynqTask(\"x\")] public sealed partial record T(Range X);" },
        { "a struct that keeps a part to itself", "public struct S { private int _secret; public int X { get; set; } public int Y => _secret; public void M() => _secret = 1; } [AsynqTask(\"x\")] public sealed partial record T(S X);" },
        { "a struct with a constructor for less than all", "public readonly struct S { private readonly int _b; public S(int a) => A = a; private S(int a, int b) : this(a) => _b = b; public int A { get; } public int B => _b; public static S Of(int a, int b) => new(a, b); } [AsynqTask(\"x\")] public sealed partial record T(S X);" },
        { "a struct with an internal member", "public struct S { internal int Hidden { get; set; } public int X { get; set; } } [AsynqTask(\"x\")] public sealed partial record T(S X);" },
        { "a task that is a struct with private state", "[AsynqTask(\"x\")] public partial struct T { private int _x; public void M() => _x = 1; public int X => _x; }" },
        { "a class that keeps all it has to itself", "public sealed class Money { private decimal _amount; public decimal Amount => _amount; public static Money Of(decimal amount) => new() { _amount = amount }; } [AsynqTask(\"x\")] public sealed partial record T(Money X);" },
        { "a class whose base keeps all it has to itself", "public class B { private int _x; protected void M() => _x = 1; public int X => _x; } public sealed class D : B; [AsynqTask(\"x\")] public sealed partial record T(D X);" },
        { "a class whose primary constructor calls its members otherwise", "public sealed class C(int lo) { public C() : this(1) { } public int Low => lo; } [AsynqTask(\"x\")] public sealed partial record T(C X);" },
        { "a number that would make a list of millions", "[AsynqTask(\"x\")] public sealed partial record T([PayloadKey(20261123)] int X);" },
        { "one type under two keys of a union", "[PayloadUnion(0, typeof(D)), PayloadUnion(1, typeof(D))] public interface IU; public sealed record D(int X) : IU; [AsynqTask(\"x\")] public sealed partial record T(IU X);" },
        { "a required member that is ignored", "[AsynqTask(\"x\")] public sealed partial class T { [PayloadIgnore] public required int Y { get; set; } public int X { get; set; } }" },
        { "a required member that JSON ignores", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial class T { [JsonIgnore] public required int Y { get; set; } public int X { get; set; } }" },
        { "a required member that MessagePack ignores", "[AsynqTask(\"x\")] public sealed partial class T { [MessagePack.IgnoreMember] public required int Y { get; set; } public int X { get; set; } }" },
        { "a required member that can only be set", "[AsynqTask(\"x\")] public sealed partial class T { public required int Y { set { } } public int X { get; set; } }" },
        { "a protected setter of another type", "public class B { public int X { get; protected set; } } [AsynqTask(\"x\")] public sealed partial class T : B { public B? Other { get; set; } }" },
        { "a protected constructor of another type", "public class B { protected B() { } public int X { get; set; } } [AsynqTask(\"x\")] public sealed partial class T : B { public B? Other { get; set; } }" },
        { "a formatter that only its own type can see", "public struct S; public sealed class N { [PayloadFormatter(typeof(F))] public S S { get; set; } private sealed class F : IPayloadFormatter<S> { public static void Write(ref MessagePack.MessagePackWriter writer, S value) => writer.WriteNil(); public static S Read(ref MessagePack.MessagePackReader reader) => default; } } [AsynqTask(\"x\")] public sealed partial record T(N N);" },
        { "a formatter of MessagePack", "[AsynqTask(\"x\")] public sealed partial class T { [MessagePack.MessagePackFormatter(typeof(int))] public int X { get; set; } }" },
        { "a type with a formatter of MessagePack", "[MessagePack.MessagePackFormatter(typeof(int))] public sealed record N(int X); [AsynqTask(\"x\")] public sealed partial record T(N N);" },
        { "a member with a converter of JSON", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial class T { [JsonConverter(typeof(JsonStringEnumConverter))] public DayOfWeek X { get; set; } }" },
        { "a parameter's member with a converter of JSON", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T([property: JsonConverter(typeof(JsonStringEnumConverter))] DayOfWeek X);" },
        { "a type with a converter of JSON", "[JsonConverter(typeof(int))] public sealed record N(int X); [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(List<N> Many);" },
        { "a struct with a converter of JSON", "[JsonConverter(typeof(int))] public record struct N(int X); [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(N? X);" },
        { "a union with a converter of JSON", "[JsonConverter(typeof(int)), PayloadUnion(0, typeof(N))] public interface IU; public sealed record N(int X) : IU; [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(IU X);" },
        { "a task with a converter of JSON", "[JsonConverter(typeof(int)), AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(int X);" },
        { "an enum with a converter of JSON", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(E X);" },
        { "an enum with a converter of JSON that may be null", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(E? X);" },
        { "an enum with a converter of JSON as a key", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(Dictionary<E, int> X);" },
        { "an enum with a converter of JSON in a tuple", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T((int, E) X);" },
        { "an enum with a converter of JSON as the result", "[JsonConverter(typeof(JsonStringEnumConverter))] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json, Result = typeof(E))] public sealed partial record T(int X);" },
        { "a converter of JSON by a derived attribute", "[AttributeUsage(AttributeTargets.All)] public sealed class WordsAttribute() : JsonConverterAttribute(typeof(JsonStringEnumConverter)); [Words] public enum E { A = 1 } [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(E X);" },
        { "numbers that JSON has as texts", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T([property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] int X);" },
        { "what JSON has besides", "[AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial class T { [JsonExtensionData] public Dictionary<string, string> X { get; set; } = []; }" },
        { "a type that JSON tells by a word", "[JsonPolymorphic] public record N(int X); [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(N X);" },
        { "a type that JSON has others for", "[JsonDerivedType(typeof(D), \"d\")] public record N(int X); public sealed record D(int X) : N(X); [AsynqTask(\"x\", Format = PayloadFormat.Json)] public sealed partial record T(N X);" },
        { "a list of nothing as the result", "[AsynqTask(\"x\", Result = typeof(List<>))] public sealed partial record T(int X);" },
        { "a generic type of nothing as the result", "public sealed record Box<U>(U X); [AsynqTask(\"x\", Result = typeof(Box<>))] public sealed partial record T(int X);" },
        { "no result as the result", "[AsynqTask(\"x\", Result = typeof(void))] public sealed partial record T(int X);" },
        { "a formatter that is local to its file", "file sealed class F : IPayloadFormatter<Guid> { public static void Write(ref MessagePack.MessagePackWriter writer, Guid value) => writer.WriteNil(); public static Guid Read(ref MessagePack.MessagePackReader reader) => default; } [AsynqTask(\"x\")] public sealed partial record T([PayloadFormatter(typeof(F))] Guid X);" },
        { "a formatter that is an interface", "public interface IF : IPayloadFormatter<Guid>; [AsynqTask(\"x\")] public sealed partial record T([PayloadFormatter(typeof(IF))] Guid X);" },
        { "a formatter that is a ref struct", "public ref struct F : IPayloadFormatter<Guid> { public static void Write(ref MessagePack.MessagePackWriter writer, Guid value) => writer.WriteNil(); public static Guid Read(ref MessagePack.MessagePackReader reader) => default; } [AsynqTask(\"x\")] public sealed partial record T([PayloadFormatter(typeof(F))] Guid X);" },
        { "a formatter that is open", "public sealed class F<U> : IPayloadFormatter<U> { public static void Write(ref MessagePack.MessagePackWriter writer, U value) => writer.WriteNil(); public static U Read(ref MessagePack.MessagePackReader reader) => default!; } [AsynqTask(\"x\")] public sealed partial record T([PayloadFormatter(typeof(F<>))] Guid X);" },
        { "a type of a union that is local to its file", "[PayloadUnion(0, typeof(A))] public interface IU; file sealed record A(int Y) : IU; [AsynqTask(\"x\")] public sealed partial record T(IU U);" },
        { "file-local task", "[AsynqTask(\"x\")] file sealed partial record T(int X);" },
        { "a type of the framework", "[AsynqTask(\"x\")] public sealed partial class T { public int X { get; set; } public Exception? E { get; set; } }" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Odd_types_are_generated_without_a_warning(string name, string source)
    {
        Assert.NotEmpty(name);
        Assert.NotEmpty(GeneratorTest.RunContracts(Usings + source).Files);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_payload_cannot_hold_gets_nothing(string name, string source)
    {
        Assert.NotEmpty(name);
        Assert.Empty(GeneratorTest.RunContracts(Usings + source).Files);
    }

    [Fact]
    public void The_highest_number_is_the_one_that_the_analyzers_page_names() => Assert.Contains(
        Parsing.WireKey.MaxIndex.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
        File.ReadAllText(Path.Combine(Repository(), "analyzers", "docs", "ASQ1005.md")),
        StringComparison.Ordinal);

    private static string Repository([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(path)!)!)!;
}

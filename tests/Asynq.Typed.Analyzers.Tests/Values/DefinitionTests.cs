using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Values;

/// <summary>Which values are known at build time, as the rule of grace periods shows it: an error, so never by a guess.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData("(grace, n) = Read();")]
    [InlineData("(n, (grace, n)) = (1, Read());")]
    [InlineData("grace = seconds;")]
    [InlineData("grace += seconds;")]
    [InlineData("Fill(out grace);")]
    [InlineData("Raise(ref grace);")]
    [InlineData("grace.Lift();")]
    [InlineData("ref var other = ref grace; other = seconds;")]
    [InlineData("ref var other = ref seconds; other = ref grace; other = seconds;")]
    [InlineData("var change = () => grace = seconds; change();")]
    [InlineData("Change(); void Change() => grace = seconds;")]
    public Task Is_silent_on_a_local_that_is_written_again(string statement) => CheckAsync(
        $$"""
        public static class Program
        {
            public static void Add(AsynqServerOptions server, TimeSpan seconds)
            {
                var grace = TimeSpan.Zero;
                var n = 0;
                {{statement}}
                server.GroupGracePeriod = grace;
            }

            private static (TimeSpan, int) Read() => default;

            private static void Fill(out TimeSpan value) => value = TimeSpan.FromSeconds(5);

            private static void Raise(ref TimeSpan value) => value = TimeSpan.FromSeconds(5);

            private static void Lift(ref this TimeSpan value) => value = TimeSpan.FromSeconds(5);
        }
        """);

    [Fact]
    public Task Is_silent_on_a_local_whose_address_is_taken() => Rule<OptionValueAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static unsafe void Add(AsynqServerOptions server, TimeSpan seconds)
            {
                var grace = TimeSpan.Zero;
                var address = &grace;
                *address = seconds;
                server.GroupGracePeriod = grace;
            }
        }
        """,
        compiles: false);

    [Theory]
    [InlineData("Use(in grace);")]
    [InlineData("var (a, b) = (grace, n); n = 2;")]
    [InlineData("(seconds, n) = (grace, 1);")]
    [InlineData("n = grace.Seconds;")]
    public Task Reports_a_local_that_is_only_read(string statement) => CheckAsync(
        $$"""
        public static class Program
        {
            public static void Add(AsynqServerOptions server, TimeSpan seconds)
            {
                var grace = TimeSpan.Zero;
                var n = 0;
                {{statement}}
                server.GroupGracePeriod = {|ASQ3003:grace|};
            }

            private static void Use(in TimeSpan value)
            {
            }
        }
        """);

    [Theory]
    [InlineData("static Limits() { Grace = TimeSpan.FromSeconds(5); }")]
    [InlineData("static Limits() { if (DateTime.Now.Year > 2020) { Limits.Grace = TimeSpan.FromSeconds(5); } }")]
    [InlineData("static Limits() { (Grace, _) = (TimeSpan.FromSeconds(5), 1); }")]
    [InlineData("static Limits() => Fill(out Grace); private static void Fill(out TimeSpan value) => value = TimeSpan.FromSeconds(5);")]
    [InlineData("private static readonly TimeSpan Other = Grace = TimeSpan.FromSeconds(5);")]
    public Task Is_silent_on_a_field_that_its_type_writes_again(string member) => CheckAsync(
        $$"""
        public static partial class Limits
        {
            public static readonly TimeSpan Grace = TimeSpan.Zero;

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = Grace;
        }

        public static partial class Limits
        {
            {{member}}
        }
        """);

    [Fact]
    public Task Reports_a_field_whose_type_has_a_static_constructor_for_another_one() => CheckAsync(
        """
        public static class Limits
        {
            public static readonly TimeSpan Grace = TimeSpan.Zero;

            public static readonly TimeSpan Other = TimeSpan.Zero;

            static Limits() => Other = TimeSpan.FromSeconds(5);

            public static void Add(AsynqServerOptions server)
            {
                server.GroupGracePeriod = {|ASQ3003:Grace|};
                server.GroupGracePeriod = Other;
            }
        }
        """);

    [Fact]
    public Task Is_silent_on_a_property_that_its_type_writes_again() => CheckAsync(
        """
        public static class Limits
        {
            public static TimeSpan Grace { get; } = TimeSpan.Zero;

            static Limits() => Grace = TimeSpan.FromSeconds(5);

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = Grace;
        }
        """);

    [Fact]
    public Task Is_silent_on_a_property_whose_getter_makes_something_else_of_its_initialiser() => CheckAsync(
        """
        public static class Limits
        {
            public static TimeSpan Grace { get => field + TimeSpan.FromSeconds(5); } = TimeSpan.Zero;

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = Grace;
        }
        """);

    [Fact]
    public Task Is_silent_on_a_field_that_reads_one_which_is_not_set_yet() => CheckAsync(
        """
        public static class Limits
        {
            public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10) - Later;

            public static readonly TimeSpan Later = TimeSpan.FromSeconds(9.5);

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = Grace;
        }
        """);

    [Fact]
    public Task Reports_a_field_that_reads_one_which_is_set_already() => CheckAsync(
        """
        public static class Limits
        {
            public static readonly TimeSpan Earlier = TimeSpan.FromSeconds(9.5);

            public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10) - Earlier;

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = {|ASQ3003:Grace|};
        }
        """);

    [Fact]
    public Task Is_silent_on_a_property_that_another_type_can_implement() => CheckAsync(
        """
        public interface ILimits
        {
            static virtual TimeSpan Grace => TimeSpan.Zero;
        }

        public sealed class Own : ILimits
        {
            public static TimeSpan Grace => TimeSpan.FromSeconds(5);
        }

        public static class Program
        {
            public static void Add<T>(AsynqServerOptions server)
                where T : ILimits => server.GroupGracePeriod = T.Grace;
        }
        """);

    [Theory]
    [InlineData("Period.From(TimeSpan.Zero)")]
    [InlineData("(Period)TimeSpan.Zero")]
    [InlineData("Short")]
    [InlineData("ShortAsSpan")]
    [InlineData("flag ? (Period)TimeSpan.Zero : Short")]
    [InlineData("TimeSpan.FromSeconds((Count)0)")]
    [InlineData("new Period() * 0.5")]
    [InlineData("-Short")]
    public Task Is_silent_on_what_an_operator_of_ones_own_makes(string value) => CheckAsync(
        $$"""
        public readonly struct Period
        {
            public static Period From(TimeSpan value) => default;

            public static implicit operator Period(TimeSpan value) => default;

            public static implicit operator TimeSpan(Period value) => TimeSpan.FromSeconds(5);

            public static TimeSpan operator *(Period period, double factor) => TimeSpan.FromSeconds(5);

            public static TimeSpan operator -(Period period) => TimeSpan.FromSeconds(5);
        }

        public readonly struct Count
        {
            public static implicit operator Count(double value) => default;

            public static implicit operator double(Count value) => 5;
        }

        public static class Program
        {
            private static readonly Period Short = TimeSpan.Zero;

            private static readonly TimeSpan ShortAsSpan = Short;

            public static void Add(AsynqServerOptions server, bool flag) => server.GroupGracePeriod = {{value}};
        }
        """);

    [Theory]
    [InlineData("(uint)Minus")]
    [InlineData("(ulong)Minus")]
    [InlineData("(byte)Minus")]
    [InlineData("unchecked(Int * 2)")]
    [InlineData("-(Int + 2)")]
    [InlineData("Seven / 2 - 2")]
    public Task Is_silent_on_numbers_that_a_conversion_or_the_arithmetic_changes(string seconds) => CheckAsync(
        $$"""
        public static class Program
        {
            private static readonly int Minus = -1;

            private static readonly int Int = int.MaxValue;

            private static readonly int Seven = 7;

            public static void Add(AsynqServerOptions server) =>
                server.GroupGracePeriod = TimeSpan.FromSeconds((long)({{seconds}}));
        }
        """);

    [Theory]
    [InlineData("TimeSpan.FromMilliseconds(Milliseconds / 2)")]
    [InlineData("TimeSpan.FromMilliseconds(Milliseconds - 1)")]
    [InlineData("TimeSpan.FromMilliseconds(+Milliseconds % 1000)")]
    [InlineData("TimeSpan.FromSeconds(-Half)")]
    [InlineData("TimeSpan.FromSeconds((int)(Half + Half * 0.5))")]
    [InlineData("TimeSpan.FromSeconds(Milliseconds / 2 / 1000)")]
    [InlineData("Timeout.InfiniteTimeSpan")]
    [InlineData("Timeout.InfiniteTimeSpan + TimeSpan.FromMilliseconds(1)")]
    public Task Reports_arithmetic_on_numbers_that_are_known(string value) => CheckAsync(
        $$"""
        public static class Program
        {
            private static readonly int Milliseconds = 1000;

            private static readonly double Half = 0.5;

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = {|ASQ3003:{{value}}|};
        }
        """);

    /// <summary>The run time rounds what it multiplies and divides to whole ticks, and cuts off what it makes of seconds.</summary>
    [Theory]
    [InlineData("TimeSpan.FromTicks(19_999_999) / 2", false)]
    [InlineData("TimeSpan.FromTicks(19_999_998) / 2", true)]
    [InlineData("TimeSpan.FromTicks(19_999_999) * 0.5", false)]
    [InlineData("0.5 * TimeSpan.FromTicks(19_999_999)", false)]
    [InlineData("TimeSpan.FromTicks(19_999_999).Divide(2)", false)]
    [InlineData("TimeSpan.FromTicks(19_999_999).Multiply(0.5)", false)]
    [InlineData("TimeSpan.FromSeconds(0.99999995)", true)]
    public Task Rounds_as_the_run_time_does(string value, bool isShort) => CheckAsync(
        $$"""
        public static class Program
        {
            public static void Add(AsynqServerOptions server) =>
                server.GroupGracePeriod = {{(isShort ? "{|ASQ3003:" + value + "|}" : value)}};
        }
        """);

    [Fact]
    public void The_run_time_rounds_what_it_multiplies_and_divides()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), TimeSpan.FromTicks(19_999_999) / 2);
        Assert.Equal(TimeSpan.FromSeconds(1), TimeSpan.FromTicks(19_999_999) * 0.5);
        Assert.True(TimeSpan.FromSeconds(0.99999995) < TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("true ? TimeSpan.FromSeconds(2) : TimeSpan.Zero")]
    [InlineData("Debug ? TimeSpan.Zero : TimeSpan.FromSeconds(2)")]
    public Task Is_silent_on_a_branch_that_is_never_taken(string value) => CheckAsync(
        $$"""
        public static class Program
        {
            private const bool Debug = false;

            public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = {{value}};
        }
        """);

    [Fact]
    public Task Reports_the_elements_of_a_tuple_that_are_given_to_options() => CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqServerOptions server, bool flag)
            {
                (server.StrictPriority, server.GroupGracePeriod) = (true, {|ASQ3003:TimeSpan.Zero|});
                (flag, (server.GroupGracePeriod, _)) = (true, (flag ? {|ASQ3003:TimeSpan.Zero|} : TimeSpan.FromSeconds(2), 1));
                (server.GroupGracePeriod, flag) = Read();
            }

            private static (TimeSpan, bool) Read() => default;
        }
        """);

    /// <summary>In an editor, a project that is referenced is a compilation of its own, whose source can be seen.</summary>
    [Theory]
    [InlineData("Grace")]
    [InlineData("Property")]
    public async Task Is_silent_on_a_name_of_another_project_as_in_a_build(string name)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var contracts = Library.Parse(
            "Contracts",
            """
            public static class Limits
            {
                public static readonly TimeSpan Grace = TimeSpan.Zero;

                public static TimeSpan Property => TimeSpan.Zero;
            }
            """,
            cancellationToken);
        var test = new AnalyzerCase<OptionValueAnalyzer>();
        test.TestState.AdditionalReferences.Add(contracts.ToMetadataReference());
        test.TestState.Sources.Add((
            "Source.cs",
            $$"""
            public static class Program
            {
                public static void Add(AsynqServerOptions server) => server.GroupGracePeriod = Limits.{{name}};
            }
            """));

        await test.RunAsync(cancellationToken);
    }

    private static Task CheckAsync(string source) => Rule<OptionValueAnalyzer>.CheckAsync(source);
}

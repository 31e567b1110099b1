using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1006PayloadEnumHasImplicitValuesTests
{
    [Fact]
    public Task Says_which_enum_task_and_member() => Rule<PayloadEnumAnalyzer>.SaysAsync(
        "ASQ1006",
        "Enum 'Channel' travels as a number in the payload of task 'Notification', but 'Sms' has no value of its own: write every value out, so that a new member cannot renumber the others",
        """
        [AsynqTask("notification")]
        public sealed partial record Notification(Channel Channel);

        public enum {|#0:Channel|} { Email = 1, Sms, Push = 3 }
        """);

    [Theory]
    [InlineData("Channel? Channel")]
    [InlineData("Channel[] Channels")]
    [InlineData("List<Channel> Channels")]
    [InlineData("Dictionary<string, Channel?> Channels")]
    [InlineData("Address Address")]
    [InlineData("IReadOnlyList<Address> Addresses")]
    public Task Reports_an_enum_at_any_depth(string member) => Rule<PayloadEnumAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("notification")]
        public sealed partial record Notification({{member}});

        public enum {|ASQ1006:Channel|} { Email, Sms }

        public abstract record Contact
        {
            public Channel Channel { get; init; }
        }

        public sealed record Address(string Street) : Contact;
        """);

    [Fact]
    public Task Is_silent_where_every_value_is_written_out() => Rule<PayloadEnumAnalyzer>.CheckAsync(
        """
        [AsynqTask("notification")]
        public sealed partial record Notification(Channel Channel);

        public enum Channel { Email = 0, Sms = 1 }
        """);

    [Fact]
    public Task Is_silent_on_an_enum_in_no_payload() => Rule<PayloadEnumAnalyzer>.CheckAsync(
        """
        [AsynqTask("notification")]
        public sealed partial record Notification(long Id)
        {
            public static Channel Usual => Channel.Email;

            internal Channel Last { get; set; }
        }

        public sealed record Contact(Channel Channel);

        public enum Channel { Email, Sms }
        """);

    [Theory]
    [InlineData("[PayloadIgnore] public Channel Channel { get; init; }")]
    [InlineData("[System.Text.Json.Serialization.JsonIgnore] public Channel Channel { get; init; }", ", Format = PayloadFormat.Json")]
    [InlineData("public Channel Channel => Id > 0 ? Channel.Email : Channel.Sms;")]
    [InlineData("[PayloadFormatter(typeof(ChannelFormatter))] public Channel Channel { get; init; }")]
    [InlineData("public Phantom<Channel> Phantom { get; init; } = new();")]
    [InlineData("public Contact Contact { get; init; } = new Person();")]
    [InlineData("public Formatted Formatted { get; init; }")]
    public Task Is_silent_on_an_enum_that_does_not_travel_as_a_number(string member, string format = "") =>
        Rule<PayloadEnumAnalyzer>.CheckAsync(Source(member, format, marked: false));

    [Theory]
    [InlineData("[System.Text.Json.Serialization.JsonIgnore] public Channel Channel { get; init; }")]
    [InlineData("public Channel Channel { get; init; }", ", Format = PayloadFormat.Json")]
    [InlineData("public required Channel Channel { get; init; }")]
    [InlineData("public Channel Channel;")]
    [InlineData("public Contact Contact { get; init; } = new Company();")]
    [InlineData("public (Channel First, int Count) Pair { get; init; }")]
    [InlineData("public Page<Channel> Page { get; init; } = new();")]
    public Task Reports_an_enum_that_the_generator_carries(string member, string format = "") =>
        Rule<PayloadEnumAnalyzer>.CheckAsync(Source(
            member, format, marked: true, companyHas: member.Contains("Company", StringComparison.Ordinal) ? "public Channel Channel { get; init; }" : ""));

    [Fact]
    public Task Reports_an_enum_that_one_of_two_tasks_leaves_out() => Rule<PayloadEnumAnalyzer>.CheckAsync(
        """
        [AsynqTask("first", Format = PayloadFormat.Json)]
        public sealed partial record First(Address Address);

        [AsynqTask("second")]
        public sealed partial record Second(Address Address);

        public sealed record Address
        {
            [System.Text.Json.Serialization.JsonIgnore]
            public Channel Channel { get; init; }
        }

        public enum {|ASQ1006:Channel|} { Email, Sms }
        """);

    private static string Source(string member, string format, bool marked, string companyHas = "") =>
        $$"""
        [AsynqTask("notification"{{format}})]
        public sealed partial record Notification(long Id)
        {
            {{member}}
        }

        public sealed record Phantom<T>
        {
            public int Count { get; init; }
        }

        public sealed record Page<T>
        {
            public List<T> Items { get; init; } = [];
        }

        /// <summary>A union carries its cases, and no members of its own.</summary>
        [PayloadUnion(1, typeof(Person)), PayloadUnion(2, typeof(Company))]
        public abstract record Contact;

        public sealed record Person : Contact;

        public sealed record Company : Contact
        {
            {{companyHas}}
        }

        public sealed class ChannelFormatter : IPayloadFormatter<Channel>
        {
            public static void Write(ref MessagePack.MessagePackWriter writer, Channel value) => writer.Write(value.ToString());

            public static Channel Read(ref MessagePack.MessagePackReader reader) => Enum.Parse<Channel>(reader.ReadString()!);
        }

        [PayloadFormatter(typeof(FormattedFormatter))]
        public readonly record struct Formatted(Channel Channel);

        public sealed class FormattedFormatter : IPayloadFormatter<Formatted>
        {
            public static void Write(ref MessagePack.MessagePackWriter writer, Formatted value) => writer.Write(value.Channel.ToString());

            public static Formatted Read(ref MessagePack.MessagePackReader reader) => new(Enum.Parse<Channel>(reader.ReadString()!));
        }

        public enum {{(marked ? "{|ASQ1006:Channel|}" : "Channel")}} { Email, Sms }
        """;

    [Fact]
    public Task Is_silent_on_an_enum_of_the_framework() => Rule<PayloadEnumAnalyzer>.CheckAsync(
        """
        [AsynqTask("notification")]
        public sealed partial record Notification(DayOfWeek Day);
        """);
}

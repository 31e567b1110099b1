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

    [Fact]
    public Task Is_silent_on_an_enum_of_the_framework() => Rule<PayloadEnumAnalyzer>.CheckAsync(
        """
        [AsynqTask("notification")]
        public sealed partial record Notification(DayOfWeek Day);
        """);
}

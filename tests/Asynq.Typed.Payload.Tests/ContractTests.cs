using Xunit;

namespace Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ1002 // One task in two formats; no server has both

[AsynqTask("email:welcome", Queue = "critical", MaxRetry = 5, TimeoutSeconds = 30)]
public sealed partial record WelcomeEmail(long UserId, string Address, string Locale = "en");

[AsynqTask("test:empty")]
public sealed partial record Empty;

public class ContractTests
{
    [Fact]
    public void A_task_is_read_as_it_was_written()
    {
        var task = new WelcomeEmail(42, "ann@example.com", "de");

        Assert.Equal(task, Wire.RoundTrip(task));
    }

    [Fact]
    public void A_task_without_members_is_an_empty_map()
    {
        Assert.Equal([0x80], Wire.Write(new Empty()));
        Assert.Equal(new Empty(), Wire.RoundTrip(new Empty()));
    }

    [Fact]
    public void The_descriptor_says_what_the_attribute_says()
    {
        var descriptor = Wire.Describe<WelcomeEmail>();

        Assert.Equal("email:welcome", descriptor.Type);
        Assert.Equal("critical", descriptor.Queue);
        Assert.Equal(5, descriptor.MaxRetry);
        Assert.Equal(TimeSpan.FromSeconds(30), descriptor.Timeout);
        Assert.Equal(TimeSpan.Zero, descriptor.Retention);
    }

    [Fact]
    public void Where_the_attribute_is_silent_the_descriptor_has_the_defaults()
    {
        var descriptor = Wire.Describe<Empty>();

        Assert.Equal("default", descriptor.Queue);
        Assert.Equal(25, descriptor.MaxRetry);
        Assert.Equal(TimeSpan.Zero, descriptor.UniqueFor);
    }
}

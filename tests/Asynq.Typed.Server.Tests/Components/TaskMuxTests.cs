using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class TaskMuxTests
{
    private static readonly RawHandler One = static (_, _) => Task.CompletedTask;
    private static readonly RawHandler Two = static (_, _) => Task.CompletedTask;
    private static readonly RawHandler Three = static (_, _) => Task.CompletedTask;

    [Theory]
    [InlineData("email:welcome", 2)]
    [InlineData("email:welcome:long", 2)]
    [InlineData("email:reminder", 1)]
    [InlineData("email:", 1)]
    [InlineData("email", 0)]
    [InlineData("sms:welcome", 0)]
    public void The_longest_pattern_that_fits_wins(string type, int expected)
    {
        var mux = new TaskMux().Handle("email:", One).Handle("email:welcome", Two);

        Assert.Same(new[] { null, One, Two }[expected], mux.Find(type));
    }

    [Fact]
    public void What_fits_no_pattern_goes_to_the_handler_for_that()
    {
        var mux = new TaskMux { NotFound = Three }.Handle("email:", One);

        Assert.Same(Three, mux.Find("sms:welcome"));
    }

    [Fact]
    public void A_pattern_twice_a_blank_one_and_no_handler_are_errors()
    {
        var mux = new TaskMux().Handle("email:", One);

        var twice = Assert.Throws<ArgumentException>(() => mux.Handle("email:", Two));
        Assert.Contains("'email:'", twice.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => mux.Handle(" ", One));
        Assert.Throws<ArgumentNullException>(() => mux.Handle("sms:", null!));
    }
}

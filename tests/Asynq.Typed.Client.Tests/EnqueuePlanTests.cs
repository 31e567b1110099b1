using Asynq.Typed.Transforms;
using Xunit;

namespace Asynq.Typed.Client.Tests;

#pragma warning disable ASQ1008, ASQ3001, ASQ3002, ASQ3004, ASQ3005, ASQ3007 // What is refused at run time is given here on purpose

/// <summary>Defaults, precedence and bad input, without a Redis.</summary>
public sealed class EnqueuePlanTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, 600, TimeSpan.Zero);
    private static readonly byte[] Payload = [1, 2, 3];
    private static readonly TaskDescriptor Plain = new("email:welcome");

    private static readonly TaskDescriptor WithDefaults = new("digest")
    {
        Queue = "low",
        MaxRetry = 3,
        Timeout = TimeSpan.FromMinutes(2),
        Retention = TimeSpan.FromHours(1),
        UniqueFor = TimeSpan.FromMinutes(10),
    };

    [Fact]
    public void What_is_not_given_is_asynqs_default()
    {
        var plan = Plan(Plain, new EnqueueOptions());

        Assert.Equal(TaskState.Pending, plan.State);
        Assert.Equal("default", plan.Message.Queue);
        Assert.Equal(25, plan.Message.Retry);
        Assert.Equal(1800, plan.Message.Timeout);
        Assert.Equal(0, plan.Message.Deadline);
        Assert.Equal(0, plan.Message.Retention);
        Assert.Equal("", plan.Message.UniqueKey);
        Assert.Equal("", plan.Message.GroupKey);
        Assert.Empty(plan.Message.Headers);
        Assert.Equal(4, Guid.ParseExact(plan.Message.Id, "D").Version);
        Assert.Equal(Payload, plan.Message.Payload.ToByteArray());
    }

    [Fact]
    public void A_task_types_defaults_stand_where_the_call_says_nothing()
    {
        var plan = Plan(WithDefaults, new EnqueueOptions());

        Assert.Equal("low", plan.Message.Queue);
        Assert.Equal(3, plan.Message.Retry);
        Assert.Equal(120, plan.Message.Timeout);
        Assert.Equal(3600, plan.Message.Retention);
        Assert.Equal(TimeSpan.FromMinutes(10), plan.UniqueFor);
    }

    [Fact]
    public void The_call_wins_over_the_task_types_defaults()
    {
        var plan = Plan(WithDefaults, new EnqueueOptions
        {
            Queue = "critical",
            MaxRetry = 0,
            Timeout = TimeSpan.FromSeconds(5),
            Retention = TimeSpan.Zero,
            UniqueFor = TimeSpan.Zero,
        });

        Assert.Equal("critical", plan.Message.Queue);
        Assert.Equal(0, plan.Message.Retry);
        Assert.Equal(5, plan.Message.Timeout);
        Assert.Equal(0, plan.Message.Retention);
        Assert.Equal("", plan.Message.UniqueKey);
    }

    [Fact]
    public void A_deadline_alone_leaves_no_timeout()
    {
        var plan = Plan(Plain, new EnqueueOptions { Deadline = DateTimeOffset.FromUnixTimeMilliseconds(1900000000999) });

        Assert.Equal(0, plan.Message.Timeout);
        Assert.Equal(1900000000, plan.Message.Deadline);
    }

    [Fact]
    public void A_deadline_and_a_timeout_are_both_sent()
    {
        var plan = Plan(WithDefaults, new EnqueueOptions { Deadline = DateTimeOffset.FromUnixTimeSeconds(1900000000) });

        Assert.Equal(120, plan.Message.Timeout);
        Assert.Equal(1900000000, plan.Message.Deadline);
    }

    [Fact]
    public void Fractions_of_a_second_are_cut_off()
    {
        var plan = Plan(Plain, new EnqueueOptions
        {
            Timeout = TimeSpan.FromMilliseconds(2999),
            Retention = TimeSpan.FromMilliseconds(1500),
        });

        Assert.Equal(2, plan.Message.Timeout);
        Assert.Equal(1, plan.Message.Retention);
    }

    [Fact]
    public void The_unique_key_is_that_of_queue_type_and_payload()
    {
        var plan = Plan(Plain, new EnqueueOptions { Queue = "q", UniqueFor = TimeSpan.FromSeconds(1) });

        Assert.Equal("asynq:{q}:unique:email:welcome:5289df737df57326fcdd22597afb1fac", plan.Message.UniqueKey);
    }

    [Theory]
    [InlineData(1, TaskState.Scheduled)]
    [InlineData(0, TaskState.Pending)]
    [InlineData(-1, TaskState.Pending)]
    public void A_task_is_scheduled_only_if_it_is_due_later(int seconds, TaskState expected)
    {
        var after = TimeSpan.FromSeconds(seconds);

        Assert.Equal(expected, Plan(Plain, new EnqueueOptions { ProcessIn = after }).State);
        Assert.Equal(expected, Plan(Plain, new EnqueueOptions { ProcessAt = Now + after }).State);
    }

    [Fact]
    public void A_group_takes_a_task_that_is_due_and_a_due_time_comes_first()
    {
        Assert.Equal(TaskState.Aggregating, Plan(Plain, new EnqueueOptions { Group = "g" }).State);

        var later = Plan(Plain, new EnqueueOptions { Group = "g", ProcessIn = TimeSpan.FromMinutes(1) });
        Assert.Equal(TaskState.Scheduled, later.State);
        Assert.Equal("g", later.Message.GroupKey);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_by_the_name_of_the_option()
    {
        (EnqueueOptions Options, string Says)[] bad =
        [
            (new() { Queue = " " }, "Queue"),
            (new() { Queue = "a{b" }, "Queue"),
            (new() { MaxRetry = -1 }, "MaxRetry is -1"),
            (new() { Timeout = TimeSpan.FromSeconds(-1) }, "Timeout is -00:00:01"),
            (new() { Retention = TimeSpan.FromSeconds(-1) }, "Retention is -00:00:01"),
            (new() { Deadline = DateTimeOffset.UnixEpoch }, "Deadline is 1970"),
            (new() { TaskId = "" }, "TaskId is blank"),
            (new() { Group = " " }, "Group is blank"),
            (new() { UniqueFor = TimeSpan.FromMilliseconds(999) }, "UniqueFor is 00:00:00.999"),
            (new() { UniqueFor = TimeSpan.FromSeconds(-1) }, "UniqueFor is -00:00:01"),
            (new() { Headers = new Dictionary<string, string> { ["k"] = null! } }, "Headers has no value for 'k'"),
            (new() { ProcessIn = TimeSpan.Zero, ProcessAt = Now }, "ProcessIn and ProcessAt"),
            (new() { ProcessIn = TimeSpan.MaxValue }, "ProcessIn is"),
        ];

        Assert.All(bad, row =>
        {
            var refused = Assert.Throws<ArgumentException>(() => Plan(Plain, row.Options));
            Assert.StartsWith($"EnqueueOptions.{row.Says}", refused.Message, StringComparison.Ordinal);
        });
    }

    private static EnqueuePlan Plan(TaskDescriptor task, EnqueueOptions options) =>
        EnqueuePlan.For(new TaskBody(task, Payload, null, IsTransformed: true), options, TransformChain.None, Now);
}

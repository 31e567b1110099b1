using System.Text.Json;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class RetryDelayTests
{
    private static readonly Exception Error = new InvalidOperationException("no");

    [Fact]
    public void The_default_delay_is_within_what_asynq_was_seen_to_draw()
    {
        using var rows = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "retry-delay.json")));
        var random = new Random(1);

        Assert.NotEmpty(rows.RootElement.EnumerateArray());
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            var retried = row.GetProperty("retried").GetInt32();
            var draws = Enumerable.Range(0, 20_000).Select(_ => RetryDelay.Default(retried, random).TotalSeconds).ToList();
            Assert.Equal(row.GetProperty("minSeconds").GetDouble(), draws.Min());
            Assert.Equal(row.GetProperty("maxSeconds").GetDouble(), draws.Max());
        }
    }

    [Fact]
    public void A_task_that_is_tried_for_ever_is_still_due_within_the_calendar()
    {
        Assert.True(RetryDelay.Default(int.MaxValue, new Random(1)) < TimeSpan.FromDays(4000));
    }

    [Fact]
    [ShowsOption(nameof(AsynqServerOptions.RetryDelay))]
    public void A_function_of_the_users_is_given_the_count_the_error_and_the_task()
    {
        (int Retried, Exception Error, TaskInfo Task)? given = null;
        var delay = new RetryDelay(
            (retried, error, task) =>
            {
                given = (retried, error, task);
                return TimeSpan.FromSeconds(retried);
            },
            NullLogger.Instance);

        Assert.Equal(TimeSpan.FromSeconds(3), delay.For(Message(), Error));
        Assert.Equal((3, Error), (given!.Value.Retried, given.Value.Error));
        Assert.Equal(("one", "test:job"), (given.Value.Task.Id, given.Value.Task.Type));
    }

    [Fact]
    public void A_function_that_throws_gives_way_to_the_default_and_a_negative_delay_counts_as_none()
    {
        var broken = new RetryDelay((_, _, _) => throw new FormatException(), NullLogger.Instance);
        var negative = new RetryDelay((_, _, _) => TimeSpan.FromSeconds(-1), NullLogger.Instance);

        Assert.InRange(broken.For(Message(), Error), TimeSpan.FromSeconds(96), TimeSpan.FromSeconds(212));
        Assert.Equal(TimeSpan.Zero, negative.For(Message(), Error));
    }

    private static TaskMessage Message() => new() { Id = "one", Type = "test:job", Queue = "default", Retried = 3, Retry = 25 };
}

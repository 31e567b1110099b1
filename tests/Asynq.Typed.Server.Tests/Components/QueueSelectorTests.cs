using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class QueueSelectorTests
{
    private static readonly Dictionary<string, int> Weights = new() { ["critical"] = 6, ["default"] = 3, ["low"] = 1 };

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public void Queues_are_served_by_weight_over_time_whatever_the_size_of_a_batch(int slots)
    {
        const int Tasks = 10_000;
        var selector = new QueueSelector(Settings(strict: false), new Random(1));
        var open = Weights.Keys.ToHashSet();
        var served = Weights.Keys.ToDictionary(queue => queue, _ => 0);

        for (var fetched = 0; fetched < Tasks; fetched += slots)
        {
            foreach (var (queue, count) in selector.Share(slots, open))
            {
                served[queue] += count;
            }
        }

        var total = (double)served.Values.Sum();
        Assert.Equal(0.6, served["critical"] / total, 0.02);
        Assert.Equal(0.3, served["default"] / total, 0.02);
        Assert.Equal(0.1, served["low"] / total, 0.02);
    }

    [Fact]
    public void A_queue_that_is_empty_gives_its_share_to_the_others()
    {
        var selector = new QueueSelector(Settings(strict: false), new Random(1));

        var shares = selector.Share(10, new HashSet<string> { "low" });

        Assert.Equal([("low", 10)], shares);
    }

    [Fact]
    public void Strict_priority_asks_the_heaviest_queue_that_may_have_tasks()
    {
        var selector = new QueueSelector(Settings(strict: true), new Random(1));

        Assert.Equal([("critical", 5)], selector.Share(5, Weights.Keys.ToHashSet()));
        Assert.Equal([("default", 5)], selector.Share(5, new HashSet<string> { "low", "default" }));
        Assert.Empty(selector.Share(5, new HashSet<string>()));
    }

    private static ServerSettings Settings(bool strict) =>
        ServerSettings.From(new AsynqServerOptions { Queues = new(Weights), StrictPriority = strict });
}

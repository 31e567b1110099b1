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
    public void Many_queues_are_asked_few_at_a_time_and_each_for_a_batch_and_the_weights_hold_over_time()
    {
        const int Passes = 2_000;
        var weights = Enumerable.Range(0, 100).ToDictionary(number => $"queue-{number}", number => number < 50 ? 3 : 1);
        var selector = new QueueSelector(
            ServerSettings.From(new AsynqServerOptions { Queues = new(weights), Concurrency = 100 }), new Random(1));
        var open = weights.Keys.ToHashSet();
        var served = weights.Keys.ToDictionary(queue => queue, _ => 0);

        for (var pass = 0; pass < Passes; pass++)
        {
            var shares = selector.Share(95, open);
            Assert.Equal(95, shares.Sum(share => share.Count));
            Assert.InRange(shares.Count, 1, 10);
            foreach (var (queue, count) in shares)
            {
                served[queue] += count;
            }
        }

        Assert.Equal(0.75, served.Where(queue => weights[queue.Key] == 3).Sum(queue => queue.Value) / (95.0 * Passes), 0.02);
        Assert.All(served.Values, count => Assert.True(count > 0));
    }

    [Fact]
    public void Slots_are_drawn_one_by_one_where_the_queues_are_few_or_the_slots_are()
    {
        var many = new QueueSelector(
            ServerSettings.From(new AsynqServerOptions { Queues = new(Weights), Concurrency = 100 }), new Random(1));
        var few = new QueueSelector(
            ServerSettings.From(new AsynqServerOptions { Queues = new(Weights), Concurrency = 10 }), new Random(1));
        var open = Weights.Keys.ToHashSet();

        Assert.Contains(Enumerable.Range(0, 100), _ => many.Share(100, open).Any(share => share.Count % 10 != 0));
        Assert.Contains(Enumerable.Range(0, 100), _ => few.Share(2, open).Count == 2);
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

using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>The weights of queues that all have tasks, for each size of server and of fetch.</summary>
public sealed class QueueWeightTests
{
    private const int Tasks = 10_000;
    private static readonly Dictionary<string, int> Weights = new() { ["critical"] = 6, ["default"] = 3, ["low"] = 1 };

    public static TheoryData<int, int> Sizes { get; } = new(
        from concurrency in new[] { 10, 50, 100, 1_000 }
        from slots in new[] { 1, 5, 10, 23, 24, 50 }
        where slots <= concurrency
        select (concurrency, slots));

    [Theory, MemberData(nameof(Sizes))]
    public void Each_queue_gets_its_part_within_two_points(int concurrency, int slots)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var selector = Selector(concurrency, seed);
            var served = Serve(selector, slots, Tasks);

            Assert.Equal(0.6, served["critical"] / (double)Tasks, 0.02);
            Assert.Equal(0.3, served["default"] / (double)Tasks, 0.02);
            Assert.Equal(0.1, served["low"] / (double)Tasks, 0.02);
        }
    }

    [Fact]
    public void Fetches_of_changing_sizes_add_up_to_the_weights()
    {
        var selector = Selector(100, 1);
        var sizes = new Random(2);
        var served = Weights.Keys.ToDictionary(queue => queue, _ => 0);
        while (served.Values.Sum() < Tasks)
        {
            Add(served, selector.Share(sizes.Next(1, 100), Weights.Keys.ToHashSet()));
        }

        var total = (double)served.Values.Sum();
        Assert.Equal(0.6, served["critical"] / total, 0.02);
        Assert.Equal(0.3, served["default"] / total, 0.02);
    }

    [Fact]
    public void A_queue_whose_large_tasks_come_few_at_a_time_gets_no_less()
    {
        const int MostOfCritical = 5;
        var selector = Selector(100, 1);
        var open = Weights.Keys.ToHashSet();
        var served = Weights.Keys.ToDictionary(queue => queue, _ => 0);
        while (served.Values.Sum() < Tasks)
        {
            foreach (var (queue, count) in selector.Share(50, open))
            {
                var fetched = queue == "critical" ? Math.Min(count, MostOfCritical) : count;
                served[queue] += fetched;
                selector.Refund(queue, count - fetched, open);
            }
        }

        Assert.Equal(0.6, served["critical"] / (double)served.Values.Sum(), 0.02);
    }

    [Fact]
    public void A_queue_that_was_empty_for_long_has_nothing_to_catch_up_with()
    {
        var selector = Selector(100, 1);
        var open = Weights.Keys.ToHashSet();
        for (var poll = 0; poll < 1_000; poll++)
        {
            // Nothing comes of it.
            selector.Share(100, open);
        }

        Assert.Equal(0.1, Serve(selector, 10, 1_000)["low"] / 1_000.0, 0.02);
    }

    [Fact]
    public void Servers_that_start_together_do_not_march_in_step()
    {
        var open = Weights.Keys.ToHashSet();
        var beginnings = Enumerable.Range(0, 20)
            .Select(seed => Selector(10, seed))
            .Select(selector => string.Join(' ', Enumerable.Range(0, 5).Select(_ => selector.Share(1, open)[0].Queue)))
            .Distinct();

        Assert.InRange(beginnings.Count(), 3, 20);
    }

    private static QueueSelector Selector(int concurrency, int seed) => new(
        ServerSettings.From(new AsynqServerOptions { Queues = new(Weights), Concurrency = concurrency }), new Random(seed));

    private static Dictionary<string, int> Serve(QueueSelector selector, int slots, int tasks)
    {
        var open = Weights.Keys.ToHashSet();
        var served = Weights.Keys.ToDictionary(queue => queue, _ => 0);
        for (var left = tasks; left > 0; left -= Math.Min(slots, left))
        {
            var shares = selector.Share(Math.Min(slots, left), open);
            Assert.Equal(Math.Min(slots, left), shares.Sum(share => share.Count));
            Add(served, shares);
        }

        return served;
    }

    private static void Add(Dictionary<string, int> served, IReadOnlyList<(string Queue, int Count)> shares)
    {
        foreach (var (queue, count) in shares)
        {
            served[queue] += count;
        }
    }
}

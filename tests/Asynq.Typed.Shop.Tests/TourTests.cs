using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Shop.Tests;

/// <summary>The Shop from its start to its end: what its tour shows, and how it closes.</summary>
public sealed class TourTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_everything_on_a_real_Redis_time_and_again_and_ends_by_itself()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        using var first = new SampleProcess("Shop", "--demo", "--port", "0", "--redis", redis.ConnectionString);
        Assert.Equal(0, await first.WhenEnded(Token));
        ShowsEverything(first.Output);

        using var second = new SampleProcess("Shop", "--demo", "--port", "0", "--redis", redis.ConnectionString);
        Assert.Equal(0, await second.WhenEnded(Token));
        ShowsEverything(second.Output);
    }

    [Fact]
    public async Task Shows_everything_on_the_embedded_server_and_stays_open_until_it_is_interrupted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var shop = new SampleProcess("Shop", "--port", "0");
        await shop.WhenPrinted("until Ctrl+C", Token);

        await shop.InterruptAsync(Token);

        Assert.Equal(0, await shop.WhenEnded(Token));
        ShowsEverything(shop.Output);
    }

    [Fact]
    public async Task An_interrupted_tour_is_no_failure()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var shop = new SampleProcess("Shop", "--port", "0");
        await shop.WhenPrinted("GET /health", Token);

        await shop.InterruptAsync(Token);

        Assert.Equal(0, await shop.WhenEnded(Token));
        Assert.Contains("interrupted", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", shop.Output, StringComparison.Ordinal);
    }

    private static void ShowsEverything(string output)
    {
        Assert.Contains("GET /health: Healthy", output, StringComparison.Ordinal);
        Assert.Contains("1 × pot, a double click: 202", output, StringComparison.Ordinal);
        Assert.Contains("2 × pot, a double click: 409 Conflict. An order for this product has been placed a moment ago.", output, StringComparison.Ordinal);
        Assert.Contains("the same event again: 200 OK. This event is known already.", output, StringComparison.Ordinal);
        Assert.Contains("""{"state":"Completed","receipt":{"product":"tea","quantity":2,"total":9.00},"error":null}""", output, StringComparison.Ordinal);
        Assert.Contains("'hat' is not sold here.", output, StringComparison.Ordinal);
        Assert.Contains("become one digest", output, StringComparison.Ordinal);
        Assert.Contains("mail to ann-", output, StringComparison.Ordinal);
        Assert.Contains("3 orders, 95.00 sold, 95.00 paid", output, StringComparison.Ordinal);
        Assert.Contains("the tour is over: all went as it should", output, StringComparison.Ordinal);
        Assert.Contains("closed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the tour ends", output, StringComparison.Ordinal);
    }
}

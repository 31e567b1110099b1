using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Shop.Tests;

/// <summary>The Shop from its start to its end: its tour, its exit codes, and what it says of a bad command line.</summary>
public sealed class ProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_everything_on_the_embedded_server_and_ends_by_itself()
    {
        using var shop = new SampleProcess("Shop", "--demo", "--port", "0");

        Assert.Equal(0, await shop.WhenEnded(Token));
        ShowsEverything(shop.Output);
    }

    [Fact]
    public async Task Does_the_same_on_a_real_Redis_time_and_again()
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
    public async Task Stays_open_until_it_is_interrupted_and_then_closes_in_good_order()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var shop = new SampleProcess("Shop", "--port", "0");
        await shop.WhenPrinted("until Ctrl+C", Token);

        await shop.InterruptAsync(Token);

        Assert.Equal(0, await shop.WhenEnded(Token));
        Assert.Contains("closed", shop.Output, StringComparison.Ordinal);
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

    [Fact]
    public async Task Answers_503_and_says_that_it_is_not_well_while_Redis_is_away()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        using var shop = new SampleProcess("Shop", "--port", "0", "--redis", redis.ConnectionString);
        await shop.WhenPrinted("Now you.", Token);
        using var http = new HttpClient { BaseAddress = OpenShop.AddressIn(shop.Output) };

        await redis.DisposeAsync();
        using var order = await http.PostAsJsonAsync("/orders", new { customer = "eve@example.com", product = "tea", quantity = 1 }, Token);
        using var health = await http.GetAsync("/health", Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, order.StatusCode);
        Assert.Contains("Try again", await order.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Fact]
    public async Task Names_the_address_of_a_Redis_that_does_not_answer()
    {
        using var shop = new SampleProcess("Shop", "--port", "0", "--redis", "127.0.0.1:1,password=s3cret");

        Assert.Equal(1, await shop.WhenEnded(Token));
        Assert.Contains("127.0.0.1:1", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", shop.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_in_one_line_that_its_port_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        using var shop = new SampleProcess("Shop", "--port", $"{port}");

        Assert.Equal(1, await shop.WhenEnded(Token));
        Assert.Contains($"127.0.0.1:{port}", shop.Output, StringComparison.Ordinal);
        Assert.Contains("--port", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", shop.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "70000")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "http")]
    [InlineData("--redis")]
    [InlineData("--redis", "redis://u:s3cret@127.0.0.1/zz")]
    [InlineData("--nonsense")]
    public async Task Says_in_one_line_what_is_wrong_with_the_command_line(params string[] arguments)
    {
        using var shop = new SampleProcess("Shop", arguments);

        Assert.Equal(2, await shop.WhenEnded(Token));
        Assert.DoesNotContain("s3cret", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", shop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the shop is open", shop.Output, StringComparison.Ordinal);
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

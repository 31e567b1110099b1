using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;

namespace Asynq.Typed.Shop.Tests;

/// <summary>What the Shop says where something is wrong, and its exit codes.</summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_503_and_says_that_it_is_not_well_while_Redis_is_away()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        using var shop = new SampleProcess("Shop", "--port", "0", "--redis", redis.ConnectionString);
        await shop.WhenPrinted(OpenShop.IsOpen, Token);
        using var http = new HttpClient { BaseAddress = OpenShop.AddressIn(shop.Output) };

        await redis.DisposeAsync();

        // Each is tried for a while before it is given up: both at once.
        var ordering = http.PostAsJsonAsync("/orders", new { customer = "eve@example.com", product = "tea", quantity = 1 }, Token);
        using var health = await http.GetAsync("/health", Token);
        using var order = await ordering;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, order.StatusCode);
        Assert.Contains("Try again", await order.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Fact]
    public async Task Answers_503_while_Redis_has_no_memory_left()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        using var shop = new SampleProcess("Shop", "--port", "0", "--redis", redis.ConnectionString);
        await shop.WhenPrinted(OpenShop.IsOpen, Token);
        using var http = new HttpClient { BaseAddress = OpenShop.AddressIn(shop.Output) };

        await RedisCli.DoAsync(redis.Port, "CONFIG", "SET", "maxmemory", "1");
        using var order = await http.PostAsJsonAsync(
            "/orders", new { customer = "eve@example.com", product = "tea", quantity = 1 }, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, order.StatusCode);
        Assert.Contains("Try again", await order.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_address_of_a_Redis_that_does_not_answer()
    {
        using var shop = new SampleProcess("Shop", "--port", "0", "--redis", "127.0.0.1:1,password=s3cret,connectTimeout=500,connectRetry=0");

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
}

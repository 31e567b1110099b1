using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>TLS, with a certificate authority that only the connection text makes trusted.</summary>
public sealed class TlsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_server_with_a_certificate_of_the_named_authority_is_used(string host)
    {
        RedisServer.SkipUnlessInstalled();
        using var certificates = TestCertificates.Make();
        await using var server = await RedisServer.StartAsync(certificates.ServerOptions("--requirepass", "hunter2"), Ct);
        await using var connection = await RedisConnection.ConnectAsync(
            $"rediss://:hunter2@{host}:{server.Port}/1?ca={certificates.Authority}", Ct);

        await ConnectTests.LifeOfATaskAsync(connection);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        RedisServer.SkipUnlessInstalled();
        using var certificates = TestCertificates.Make();
        await using var server = await RedisServer.StartAsync(certificates.ServerOptions(), Ct);

        await AssertRefusedAsync(
            $"127.0.0.1:{server.Port},password=hunter2,ssl=true,connectTimeout=1000,connectRetry=1", server, "certificate");
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused()
    {
        RedisServer.SkipUnlessInstalled();
        using var certificates = TestCertificates.Make(onlyFor: "redis.example.com");
        await using var server = await RedisServer.StartAsync(certificates.ServerOptions(), Ct);

        await AssertRefusedAsync($"rediss://:hunter2@127.0.0.1:{server.Port}?ca={certificates.Authority}", server, "certificate");
    }

    [Fact]
    public async Task A_server_that_wants_TLS_is_not_reached_without()
    {
        RedisServer.SkipUnlessInstalled();
        using var certificates = TestCertificates.Make();
        await using var server = await RedisServer.StartAsync(certificates.ServerOptions(), Ct);

        await AssertRefusedAsync($"127.0.0.1:{server.Port},password=hunter2,connectTimeout=500,connectRetry=1", server, "needs 'rediss://'");
    }

    private static async Task AssertRefusedAsync(string text, RedisServer server, string reason)
    {
        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(() => RedisConnection.ConnectAsync(text, Ct));

        Assert.StartsWith($"Redis at 127.0.0.1:{server.Port} could not be reached: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        ConnectTests.AssertNoSecret(exception);
    }
}

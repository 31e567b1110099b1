using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>What connection texts mean.</summary>
public sealed class RedisAddressTests
{
    [Theory, InlineData("redis://localhost"), InlineData("localhost:6379,connectTimeout=60000")]
    public void However_long_a_server_was_away_it_is_tried_every_second(string text)
    {
        var policy = RedisAddress.Parse(text).Options.ReconnectRetryPolicy!;

        Assert.All(new long[] { 0, 1, 10, 100_000 }, retries => Assert.True(policy.ShouldRetry(retries, 1_000)));
    }

    [Theory]
    [InlineData("redis://localhost", "localhost:6379", null, null, null, false)]
    [InlineData("redis://localhost:7000", "localhost:7000", null, null, null, false)]
    [InlineData("  REDIS://localhost:7000/  ", "localhost:7000", null, null, null, false)]
    [InlineData("redis://localhost/3", "localhost:6379", null, null, 3, false)]
    [InlineData("redis://:pw@localhost", "localhost:6379", null, "pw", null, false)]
    [InlineData("redis://ann:pw@localhost:1/12", "localhost:1", "ann", "pw", 12, false)]
    [InlineData("redis://ann@localhost", "localhost:6379", "ann", null, null, false)]
    [InlineData("redis://:p%40s%2Fs%23%3F%25@localhost", "localhost:6379", null, "p@s/s#?%", null, false)]
    [InlineData("redis://:p@ss:w@localhost", "localhost:6379", null, "p@ss:w", null, false)]
    [InlineData("redis://127.0.0.1:6380/0", "127.0.0.1:6380", null, null, 0, false)]
    [InlineData("redis://[::1]:6380/0", "[::1]:6380", null, null, 0, false)]
    [InlineData("redis://[::1]", "[::1]:6379", null, null, null, false)]
    [InlineData("rediss://ann:pw@redis.example.com:6390/1", "redis.example.com:6390", "ann", "pw", 1, true)]
    [InlineData("localhost", "localhost:6379", null, null, null, false)]
    [InlineData("localhost,ssl=true", "localhost:6380", null, null, null, true)]
    [InlineData("localhost:7000,user=ann,password=p://w,defaultDatabase=4", "localhost:7000", "ann", "p://w", 4, false)]
    public void An_address_is_read(string text, string where, string? user, string? password, int? database, bool tls)
    {
        var address = RedisAddress.Parse(text);

        Assert.Equal(where, address.Description);
        Assert.Equal(user, address.Options.User);
        Assert.Equal(password, address.Options.Password);
        Assert.Equal(database, address.Options.DefaultDatabase);
        Assert.Equal(tls, address.Options.Ssl);
        Assert.Null(address.Options.ServiceName);
    }

    [Theory]
    [InlineData("redis-socket:///run/redis/redis.sock", "/run/redis/redis.sock", null, null, null)]
    [InlineData("redis-socket:///run/redis.sock?db=3", "/run/redis.sock", null, null, 3)]
    [InlineData("redis-socket://:pw@/run/redis.sock?db=", "/run/redis.sock", null, "pw", null)]
    [InlineData("redis-socket://ann:p%2Fw@/run/my%20redis.sock", "/run/my redis.sock", "ann", "p/w", null)]
    [InlineData("redis-socket:///run/at@home.sock", "/run/at@home.sock", null, null, null)]
    public void A_socket_is_read(string text, string path, string? user, string? password, int? database)
    {
        var address = RedisAddress.Parse(text);

        Assert.Equal(path, Assert.IsType<UnixDomainSocketEndPoint>(Assert.Single(address.Options.EndPoints)).ToString());
        Assert.Equal("socket " + path, address.Description);
        Assert.Equal(user, address.Options.User);
        Assert.Equal(password, address.Options.Password);
        Assert.Equal(database, address.Options.DefaultDatabase);
    }

    [Fact]
    public void Sentinels_are_read_as_asynq_reads_them()
    {
        var address = RedisAddress.Parse("redis-sentinel://:pw@one:5000,127.0.0.1:5001,three/2?master=my%20main");

        Assert.Equal(
            [new DnsEndPoint("one", 5000), new IPEndPoint(IPAddress.Loopback, 5001), new DnsEndPoint("three", 26379)],
            address.Options.EndPoints);
        Assert.Equal("my main", address.Options.ServiceName);
        Assert.Equal("pw", address.Options.SentinelPassword);
        Assert.Equal("pw", address.Options.Password);
        Assert.Equal(2, address.Options.DefaultDatabase);
        Assert.Equal("master 'my main' of the sentinels one:5000, 127.0.0.1:5001, three:26379", address.Description);
    }

    [Fact]
    public void Sentinels_and_Redis_can_have_credentials_of_their_own()
    {
        var options = RedisAddress.Parse("redis-sentinel://sam:s1@one?master=main&username=ann&password=p%261").Options;

        Assert.Equal(("sam", "s1"), (options.SentinelUser, options.SentinelPassword));
        Assert.Equal(("ann", "p&1"), (options.User, options.Password));
    }

    [Fact]
    public void Several_addresses_and_a_service_name_are_read_in_StackExchange_Redis_form()
    {
        var cluster = RedisAddress.Parse("one:7000, two:7001,password=pw");
        var sentinels = RedisAddress.Parse("one,two:5000,serviceName=main,password=pw");

        Assert.Equal("one:7000, two:7001", cluster.Description);
        Assert.Equal("master 'main' of the sentinels one:26379, two:5000", sentinels.Description);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("redis://localhost")]
    [InlineData("localhost,configChannel=news,tieBreaker=winner")]
    public void Nothing_outside_asynqs_own_keys_and_channels_is_used(string text)
    {
        var options = RedisAddress.Parse(text).Options;

        Assert.Equal("", options.TieBreaker);
        Assert.Equal("", options.ConfigurationChannel);
    }

    [Theory]
    [InlineData("", "is blank")]
    [InlineData("  ", "is blank")]
    [InlineData("http://localhost", "scheme that is not known")]
    [InlineData("redis://", "names no host")]
    [InlineData("redis:///0", "names no host")]
    [InlineData("redis://:hunter2@", "names no host")]
    [InlineData("redis://:hunter2@:6379", "neither a name nor an IP address")]
    [InlineData("redis://:hunter2", "port that is no number")]
    [InlineData("redis://ann:hunter2", "port that is no number")]
    [InlineData("redis://localhost:0", "port that is no number")]
    [InlineData("redis://localhost:65536", "port that is no number")]
    [InlineData("redis://[::1]6379", "port that is no number")]
    [InlineData("redis://one,two", "neither a name nor an IP address")]
    [InlineData("redis://:hunter2@localhost/first", "database that is no number")]
    [InlineData("redis://:hunter2@localhost/0/1", "database that is no number")]
    [InlineData("redis://:hunter2@localhost/-1", "database that is no number")]
    [InlineData("redis://localhost/99999999999", "database that is no number")]
    [InlineData("redis://:hun/ter2@localhost", "an '@' behind its host")]
    [InlineData("redis://:hun?ter2@localhost", "an '@' behind its host")]
    [InlineData("redis://:hun#ter2@localhost", "an '@' behind its host")]
    [InlineData("redis://hunter2/x@localhost", "an '@' behind its host")]
    [InlineData("redis-socket://hunter2/x@/run/redis.sock", "an '@' behind its host")]
    [InlineData("redis://localhost#hunter2", "a '#'")]
    [InlineData("redis://localhost?db=1", "parameter 'db' that is not known")]
    [InlineData("redis://localhost?hunter2", "not 'name=value'")]
    [InlineData("redis://localhost?hunter2=1", "a parameter that is not known")]
    [InlineData("rediss://localhost?ca=/no/such/file.pem", "'/no/such/file.pem' as its certificate authority")]
    [InlineData("redis-socket://", "no absolute path")]
    [InlineData("redis-socket:///", "no absolute path")]
    [InlineData("redis-socket://run/redis.sock", "no absolute path")]
    [InlineData("redis-socket:///run/redis.sock?db=x", "database that is no number")]
    [InlineData("redis-sentinel://one,two", "names no master")]
    [InlineData("redis-sentinel://one,two?master=", "names no master")]
    [InlineData("redis-sentinel://one,,two?master=main", "neither a name nor an IP address")]
    [InlineData("redis-sentinel://:hunter2@one?master=main&master=other", "stands there twice")]
    [InlineData("redis-sentinel://one?master=main&pasword=hunter2", "parameter 'pasword' that is not known")]
    [InlineData("password=hunter2", "names no address")]
    [InlineData("localhost,pasword=hunter2", "option 'pasword' that does not exist")]
    [InlineData("localhost,ssl=hunter2", "option 'ssl'")]
    [InlineData("localhost,password=pass,hunter2", "without '=' behind the password")]
    [InlineData("localhost,sentinelPassword=pass,hunter2", "without '=' behind the password")]
    [InlineData("ann:hunter2@localhost", "an '@' in an address")]
    [InlineData("localhost,channelPrefix=x", "option 'channelPrefix'")]
    public void What_cannot_be_read_is_refused_in_one_line_without_a_secret(string text, string fault)
    {
        var exception = Assert.Throws<ArgumentException>(() => RedisAddress.Parse(text));

        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);

        // Not ToString(): its stack trace has the path of the sources, in which anything may stand.
        for (Exception? told = exception; told is not null; told = told.InnerException)
        {
            Assert.DoesNotContain("hun", told.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("ter2", told.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', exception.Message);
        Assert.StartsWith("The Redis connection text ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_path_that_the_system_cannot_take_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => RedisAddress.Parse("redis-socket:///" + new string('x', 300)));

        Assert.Contains("too long", exception.Message, StringComparison.Ordinal);
    }
}

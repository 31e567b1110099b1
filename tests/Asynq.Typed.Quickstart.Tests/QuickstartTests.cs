using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Quickstart.Tests;

/// <summary>What a newcomer sees: the Quickstart as a process, on the embedded server and on a real Redis.</summary>
public sealed class QuickstartTests
{
    private const string Prefix = "asynq:{quickstart}:";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_everything_on_the_embedded_server_and_ends_by_itself()
    {
        using var quickstart = new SampleProcess("Quickstart");

        Assert.Equal(0, await quickstart.WhenEnded(Token));
        ShowsEverything(quickstart.Output);
    }

    [Fact]
    public async Task Does_the_same_on_a_real_Redis()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        using var quickstart = new SampleProcess("Quickstart", "--redis", $"127.0.0.1:{redis.Port}");

        Assert.Equal(0, await quickstart.WhenEnded(Token));
        ShowsEverything(quickstart.Output);
    }

    [Fact]
    public async Task What_it_enqueues_is_in_Redis_as_asynq_writes_it()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Token);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        await database.StringSetAsync(Prefix + "paused", "1"); // so that the tasks stay as they were enqueued

        using var quickstart = new SampleProcess("Quickstart", "--redis", $"127.0.0.1:{redis.Port}");
        await quickstart.WhenPrinted("enqueued with result", Token);

        Assert.Equal(["quickstart"], (await database.SetMembersAsync("asynq:queues")).Select(queue => (string?)queue));
        var pending = await database.ListRangeAsync(Prefix + "pending");
        Assert.Equal(4, pending.Length);
        var oldest = (string)pending[^1]!; // new ones are pushed on the left

        var fields = (await database.HashGetAllAsync(Prefix + "t:" + oldest)).ToDictionary(f => (string)f.Name!, f => f.Value);
        Assert.Equal(["msg", "pending_since", "state"], fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("pending", fields["state"]);
        Assert.Matches(@"^\d{19}$", (string)fields["pending_since"]!);
        var expected = new WireMessage
        {
            Type = "quickstart:welcome-email",
            Payload =
            [
                0x83, // members by name, so that their order in the source never matters
                0xA7, .. "Address"u8, 0xAF, .. "ann@example.com"u8,
                0xA6, .. "Locale"u8, 0xA2, .. "en"u8,
                0xA6, .. "UserId"u8, 42,
            ],
            Id = oldest,
            Queue = "quickstart",
            MaxRetry = 25,
            Timeout = 1800,
            Retention = 300,
        };
        Assert.Equal(Convert.ToHexString(expected.ToBytes()), Convert.ToHexString((byte[])fields["msg"]!));

        await database.KeyDeleteAsync(Prefix + "paused");
        Assert.Equal(0, await quickstart.WhenEnded(Token));
        ShowsEverything(quickstart.Output);
    }

    [Fact]
    public void The_message_that_this_test_expects_is_the_recorded_one()
    {
        var defaults = new WireMessage
        {
            Type = "email:welcome",
            Payload = [.. """{"user_id":42}"""u8],
            Id = "11111111-1111-4111-8111-111111111111",
            Queue = "default",
            MaxRetry = 25,
            Timeout = 1800,
        };

        // Recorded from asynq 0.26: a task enqueued with no options.
        Assert.Equal(
            "Cg1lbWFpbDp3ZWxjb21lEg57InVzZXJfaWQiOjQyfRokMTExMTExMTEtMTExMS00MTExLTgxMTEtMTExMTExMTExMTExIgdkZWZhdWx0KBlAiA4=",
            Convert.ToBase64String(defaults.ToBytes()));
    }

    [Fact]
    public async Task Stays_up_until_it_is_interrupted_and_then_stops_in_good_order()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C cannot be sent to another process there.");
        using var quickstart = new SampleProcess("Quickstart", "--keep-running");
        await quickstart.WhenPrinted("press Ctrl+C", Token);

        await quickstart.InterruptAsync(Token);

        Assert.Equal(0, await quickstart.WhenEnded(Token));
        Assert.Contains("stopped", quickstart.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_address_of_a_Redis_that_does_not_answer()
    {
        using var quickstart = new SampleProcess("Quickstart", "--redis", "127.0.0.1:1,password=s3cret");

        Assert.Equal(1, await quickstart.WhenEnded(Token));
        Assert.Contains("127.0.0.1:1", quickstart.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", quickstart.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", quickstart.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the worker is up", quickstart.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_in_one_line_what_is_wrong_with_an_address()
    {
        using var quickstart = new SampleProcess("Quickstart", "--redis", "redis://u:s3cret@127.0.0.1/zz");

        Assert.Equal(2, await quickstart.WhenEnded(Token));
        Assert.Contains("database", quickstart.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", quickstart.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", quickstart.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--redis")]
    public async Task Refuses_an_option_that_it_does_not_know(string argument)
    {
        using var quickstart = new SampleProcess("Quickstart", argument);

        Assert.Equal(2, await quickstart.WhenEnded(Token));
        Assert.Contains("Usage:", quickstart.Output, StringComparison.Ordinal);
    }

    private static void ShowsEverything(string output)
    {
        Assert.Contains("mail to ann@example.com", output, StringComparison.Ordinal);
        Assert.Contains("mail to bob@example.com in 'de'", output, StringComparison.Ordinal);
        Assert.Contains("attempt 2 fails", output, StringComparison.Ordinal);
        Assert.Contains("attempt 3 succeeds", output, StringComparison.Ordinal);
        Assert.Contains("refused a duplicate", output, StringComparison.Ordinal);
        Assert.Contains("orders: 12", output, StringComparison.Ordinal);
        Assert.Equal(5, output.Split('\n').Count(line => line.Contains("Completed", StringComparison.Ordinal)));
    }
}

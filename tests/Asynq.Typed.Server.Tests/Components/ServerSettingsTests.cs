using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

#pragma warning disable ASQ3002, ASQ3003 // What is refused at run time is given here on purpose

public sealed class ServerSettingsTests
{
    private static readonly Dictionary<string, object?> Defaults = new()
    {
        [nameof(AsynqServerOptions.Concurrency)] = 0,
        [nameof(AsynqServerOptions.Queues)] = new Dictionary<string, int>(),
        [nameof(AsynqServerOptions.StrictPriority)] = false,
        [nameof(AsynqServerOptions.TaskCheckInterval)] = TimeSpan.FromSeconds(1),
        [nameof(AsynqServerOptions.DelayedTaskCheckInterval)] = TimeSpan.FromSeconds(5),
        [nameof(AsynqServerOptions.RetryDelay)] = null,
        [nameof(AsynqServerOptions.IsFailure)] = null,
        [nameof(AsynqServerOptions.ErrorHandler)] = null,
        [nameof(AsynqServerOptions.BaseContext)] = null,
        [nameof(AsynqServerOptions.RetryCancelledTasks)] = false,
        [nameof(AsynqServerOptions.UnhandledTasks)] = UnhandledTaskPolicy.HandOver,
        [nameof(AsynqServerOptions.ShutdownTimeout)] = TimeSpan.FromSeconds(8),
        [nameof(AsynqServerOptions.HealthCheck)] = null,
        [nameof(AsynqServerOptions.HealthCheckInterval)] = TimeSpan.FromSeconds(15),
        [nameof(AsynqServerOptions.GroupGracePeriod)] = TimeSpan.FromMinutes(1),
        [nameof(AsynqServerOptions.GroupMaxDelay)] = TimeSpan.Zero,
        [nameof(AsynqServerOptions.GroupMaxSize)] = 0,
        [nameof(AsynqServerOptions.GroupAggregator)] = null,
        [nameof(AsynqServerOptions.JanitorInterval)] = TimeSpan.FromSeconds(8),
        [nameof(AsynqServerOptions.JanitorBatchSize)] = 100,
        [nameof(AsynqServerOptions.ArchiveMaxSize)] = 10_000,
        [nameof(AsynqServerOptions.ArchiveMaxAge)] = TimeSpan.FromDays(90),
        [nameof(AsynqServerOptions.LeaseDuration)] = TimeSpan.FromSeconds(30),
        [nameof(AsynqServerOptions.LeaseGrace)] = TimeSpan.FromSeconds(30),
        [nameof(AsynqServerOptions.RecovererInterval)] = TimeSpan.FromSeconds(60),
        [nameof(AsynqServerOptions.HeartbeatInterval)] = TimeSpan.FromSeconds(5),
        [nameof(AsynqServerOptions.SyncInterval)] = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public void Defaults_are_those_of_the_protocol()
    {
        var options = new AsynqServerOptions();

        Assert.Equal(
            Defaults.OrderBy(static option => option.Key),
            typeof(AsynqServerOptions).GetProperties()
                .Select(option => KeyValuePair.Create(option.Name, option.GetValue(options)))
                .OrderBy(static option => option.Key));
    }

    [Fact]
    public void The_table_of_options_lists_each_with_its_default()
    {
        var options = new AsynqServerOptions();
        Dictionary<string, string> derived = new()
        {
            [nameof(options.Concurrency)] = "the number of processors",
            [nameof(options.Queues)] = "`default` with weight 1",
        };

        Assert.Equal(
            typeof(AsynqServerOptions).GetProperties().Select(option => (
                $"`{option.Name}`",
                derived.GetValueOrDefault(option.Name) ?? Written(option.GetValue(options)))),
            Readme.Table("option").Select(static row => (row[0], row[1])));
    }

    [Fact]
    public void The_examples_of_a_file_and_of_the_environment_say_the_same()
    {
        var file = FromFile(string.Join('\n', Readme.Code("In `appsettings.json`:")));
        var environment = FromEnvironment(
            [.. Readme.Code("The same in the environment:").Select(static line => (line.Split('=')[0], line.Split('=')[1]))]);

        Assert.All([file, environment], static options =>
        {
            Assert.Equal(20, options.Concurrency);
            Assert.Equal([new("critical", 6), new("low", 1)], options.Queues.Order(ByName));
            Assert.Equal(TimeSpan.FromSeconds(20), options.ShutdownTimeout);
            Assert.Equal(UnhandledTaskPolicy.Archive, options.UnhandledTasks);
        });
    }

    // As it is written in a file.
    private static string Written(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{time:c}`",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"`{value}`"),
    };

    [Fact]
    public void Without_options_a_server_has_a_slot_for_each_processor_and_the_default_queue()
    {
        var settings = ServerSettings.From(new AsynqServerOptions());

        Assert.Equal(Environment.ProcessorCount, settings.Concurrency);
        Assert.Equal([new("default", 1)], settings.Queues);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_concurrency_of_none_is_the_default(int concurrency) =>
        Assert.Equal(
            Environment.ProcessorCount, ServerSettings.From(new AsynqServerOptions { Concurrency = concurrency }).Concurrency);

    [Fact]
    public void A_queue_without_weight_is_left_out()
    {
        var settings = ServerSettings.From(new AsynqServerOptions { Queues = new() { ["a"] = 2, ["b"] = 0, ["c"] = -1 } });

        Assert.Equal(["a"], settings.QueueNames);
        Assert.Equal(["b", "c"], settings.IgnoredQueues.Order());
    }

    [Fact]
    public void A_fault_names_its_option()
    {
        (Action<AsynqServerOptions> Set, string Says)[] faults =
        [
            (options => options.Queues = new() { ["a"] = 0 }, "Queues: none of a has a weight above 0"),
            (options => options.Queues = new() { ["a{"] = 1 }, "Queues: the name 'a{'"),
            (options => options.TaskCheckInterval = TimeSpan.Zero, "TaskCheckInterval is 00:00:00"),
            (options => options.DelayedTaskCheckInterval = TimeSpan.Zero, "DelayedTaskCheckInterval is"),
            (options => options.HealthCheckInterval = TimeSpan.Zero, "HealthCheckInterval is"),
            (options => options.JanitorInterval = TimeSpan.FromDays(50), "JanitorInterval is 50.00:00:00"),
            (options => options.JanitorBatchSize = 0, "JanitorBatchSize is 0"),
            (options => options.GroupGracePeriod = TimeSpan.FromMilliseconds(999), "GroupGracePeriod is 00:00:00.9990000"),
            (options => options.GroupMaxDelay = TimeSpan.FromSeconds(-1), "GroupMaxDelay is"),
            (options => options.GroupMaxSize = -1, "GroupMaxSize is -1: it must be 0 or more"),
            (options => options.ArchiveMaxSize = 0, "ArchiveMaxSize is 0: it must be at least 1"),
            (options => options.ArchiveMaxAge = TimeSpan.Zero, "ArchiveMaxAge is 00:00:00"),
            (options => options.ArchiveMaxAge = TimeSpan.MaxValue, "ArchiveMaxAge is"),
            (options => options.RecovererInterval = TimeSpan.Zero, "RecovererInterval is"),
            (options => options.SyncInterval = TimeSpan.Zero, "SyncInterval is"),
            (options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(499), "HeartbeatInterval is"),
            (options => options.ShutdownTimeout = TimeSpan.FromSeconds(-1), "ShutdownTimeout is"),
            (options => options.LeaseGrace = TimeSpan.FromSeconds(-1), "LeaseGrace is"),
            (options => options.LeaseDuration = TimeSpan.FromSeconds(14), "LeaseDuration is 00:00:14: it must be at least 3 ×"),
            (options => options.UnhandledTasks = (UnhandledTaskPolicy)9, "UnhandledTasks is 9"),
        ];

        Assert.All(faults, fault =>
        {
            var options = new AsynqServerOptions();
            fault.Set(options);
            var found = Assert.Single(ServerSettings.Faults(options));
            Assert.StartsWith(fault.Says, found, StringComparison.Ordinal);
        });
    }

    public static TheoryData<string, string, object> Configured => new()
    {
        { nameof(AsynqServerOptions.Concurrency), "7", 7 },
        { nameof(AsynqServerOptions.StrictPriority), "true", true },
        { nameof(AsynqServerOptions.TaskCheckInterval), "00:00:00.250", TimeSpan.FromMilliseconds(250) },
        { nameof(AsynqServerOptions.DelayedTaskCheckInterval), "00:00:09", TimeSpan.FromSeconds(9) },
        { nameof(AsynqServerOptions.RetryCancelledTasks), "True", true },
        { nameof(AsynqServerOptions.UnhandledTasks), "Archive", UnhandledTaskPolicy.Archive },
        { nameof(AsynqServerOptions.ShutdownTimeout), "00:00:20", TimeSpan.FromSeconds(20) },
        { nameof(AsynqServerOptions.HealthCheckInterval), "00:01:00", TimeSpan.FromMinutes(1) },
        { nameof(AsynqServerOptions.GroupGracePeriod), "00:00:02", TimeSpan.FromSeconds(2) },
        { nameof(AsynqServerOptions.GroupMaxDelay), "00:10:00", TimeSpan.FromMinutes(10) },
        { nameof(AsynqServerOptions.GroupMaxSize), "20", 20 },
        { nameof(AsynqServerOptions.JanitorInterval), "01:00:00", TimeSpan.FromHours(1) },
        { nameof(AsynqServerOptions.JanitorBatchSize), "11", 11 },
        { nameof(AsynqServerOptions.ArchiveMaxSize), "500", 500 },
        { nameof(AsynqServerOptions.ArchiveMaxAge), "7.00:00:00", TimeSpan.FromDays(7) },
        { nameof(AsynqServerOptions.LeaseDuration), "00:02:00", TimeSpan.FromMinutes(2) },
        { nameof(AsynqServerOptions.LeaseGrace), "00:00:03", TimeSpan.FromSeconds(3) },
        { nameof(AsynqServerOptions.RecovererInterval), "00:00:04", TimeSpan.FromSeconds(4) },
        { nameof(AsynqServerOptions.HeartbeatInterval), "00:00:06", TimeSpan.FromSeconds(6) },
        { nameof(AsynqServerOptions.SyncInterval), "00:00:01", TimeSpan.FromSeconds(1) },
    };

    [Theory]
    [MemberData(nameof(Configured), DisableDiscoveryEnumeration = true)]
    public void An_option_comes_from_a_file_or_the_environment(string option, string text, object expected)
    {
        var property = typeof(AsynqServerOptions).GetProperty(option)!;
        Assert.NotEqual(expected, property.GetValue(new AsynqServerOptions()));

        Assert.Equal(expected, property.GetValue(FromFile($$"""{ "Asynq": { "Server": { "{{option}}": "{{text}}" } } }""")));
        Assert.Equal(expected, property.GetValue(FromEnvironment(($"Asynq__Server__{option}", text))));
    }

    [Fact]
    public void Every_option_that_is_no_code_comes_from_the_configuration()
    {
        var code = typeof(AsynqServerOptions).GetProperties()
            .Where(option => option.PropertyType.IsSubclassOf(typeof(Delegate)))
            .Select(option => option.Name);

        Assert.Equal(
            typeof(AsynqServerOptions).GetProperties().Select(option => option.Name).Order(),
            Configured.Select(row => row.Data.Item1).Append(nameof(AsynqServerOptions.Queues)).Concat(code).Order());
    }

    [Fact]
    public void Queues_come_from_a_file_or_the_environment_and_replace_the_default()
    {
        KeyValuePair<string, int>[] expected = [new("critical", 6), new("low", 1)];

        Assert.Equal(
            expected, FromFile("""{ "Asynq": { "Server": { "Queues": { "critical": 6, "low": 1 } } } }""").Queues.Order(ByName));
        Assert.Equal(
            expected,
            FromEnvironment(("Asynq__Server__Queues__critical", "6"), ("Asynq__Server__Queues__low", "1")).Queues.Order(ByName));
    }

    [Fact]
    public void Code_wins_over_the_configuration() =>
        Assert.Equal(
            9,
            Bound(
                static configuration => configuration.AddInMemoryCollection([new("Asynq:Server:Concurrency", "7")]),
                static options => options.Concurrency = 9).Concurrency);

    [Fact]
    public void A_value_that_cannot_be_read_is_refused_by_the_name_of_its_option()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            static () => FromFile("""{ "Asynq": { "Server": { "LeaseDuration": "soon" } } }"""));

        Assert.Contains("Asynq:Server:LeaseDuration", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_a_faulty_option_does_not_start_and_says_which()
    {
        await using var host = TestHost.Make(
            "127.0.0.1:1", static (_, _, _) => Task.CompletedTask, static options => options.JanitorBatchSize = -1);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Contains("AsynqServerOptions.JanitorBatchSize is -1", refused.Message, StringComparison.Ordinal);
    }

    private static readonly Comparer<KeyValuePair<string, int>> ByName =
        Comparer<KeyValuePair<string, int>>.Create(static (one, other) => string.CompareOrdinal(one.Key, other.Key));

    private static AsynqServerOptions FromFile(string json) => Bound(
        configuration => configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))));

    private static AsynqServerOptions FromEnvironment(params (string Name, string Value)[] variables)
    {
        // The process' own environment, under a prefix that no other test reads.
        var prefix = $"TEST_{Guid.NewGuid():N}_";
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(prefix + name, value);
        }

        try
        {
            return Bound(configuration => configuration.AddEnvironmentVariables(prefix));
        }
        finally
        {
            foreach (var (name, _) in variables)
            {
                Environment.SetEnvironmentVariable(prefix + name, null);
            }
        }
    }

    private static AsynqServerOptions Bound(
        Action<IConfigurationBuilder> configure, Action<AsynqServerOptions>? code = null)
    {
        var configuration = new ConfigurationBuilder();
        configure(configuration);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration.Build());
        services.AddAsynq("unused").AddServer(code);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<AsynqServerOptions>>().Value;
    }
}

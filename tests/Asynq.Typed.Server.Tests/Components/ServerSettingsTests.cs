using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class ServerSettingsTests
{
    [Fact]
    public void Defaults_are_those_of_the_protocol()
    {
        var settings = ServerSettings.From(new AsynqServerOptions());

        Assert.Equal(Environment.ProcessorCount, settings.Concurrency);
        Assert.Equal([new("default", 1)], settings.Queues);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Options.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Options.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.Options.RecovererInterval);
        Assert.Equal(TimeSpan.FromSeconds(8), settings.Options.ShutdownTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Options.GroupGracePeriod);
        Assert.Equal((TimeSpan.Zero, 0), (settings.Options.GroupMaxDelay, settings.Options.GroupMaxSize));
        Assert.Equal((10_000, TimeSpan.FromDays(90)), (settings.Options.ArchiveMaxSize, settings.Options.ArchiveMaxAge));
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

    [Fact]
    public void Options_come_from_the_configuration_and_code_wins_over_it()
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Asynq:Server:Concurrency"] = "7",
                ["Asynq:Server:Queues:critical"] = "6",
                ["Asynq:Server:Queues:low"] = "1",
                ["Asynq:Server:StrictPriority"] = "true",
                ["Asynq:Server:UnhandledTasks"] = "Archive",
                ["Asynq:Server:ShutdownTimeout"] = "00:00:20",
                ["Asynq:Server:ArchiveMaxSize"] = "500",
                ["Asynq:Server:GroupGracePeriod"] = "00:00:02",
                ["Asynq:Server:GroupMaxDelay"] = "00:10:00",
                ["Asynq:Server:GroupMaxSize"] = "20",
                ["Asynq:Server:ArchiveMaxAge"] = "7.00:00:00",
            })
            .Build());
        services.AddAsynq("unused").AddServer(options => options.Concurrency = 9);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<AsynqServerOptions>>().Value;

        Assert.Equal(9, options.Concurrency);
        Assert.Equal([new("critical", 6), new("low", 1)], options.Queues.OrderBy(queue => queue.Key));
        Assert.True(options.StrictPriority);
        Assert.Equal(UnhandledTaskPolicy.Archive, options.UnhandledTasks);
        Assert.Equal(TimeSpan.FromSeconds(20), options.ShutdownTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), options.GroupGracePeriod);
        Assert.Equal((TimeSpan.FromMinutes(10), 20), (options.GroupMaxDelay, options.GroupMaxSize));
        Assert.Equal((500, TimeSpan.FromDays(7)), (options.ArchiveMaxSize, options.ArchiveMaxAge));
    }

    [Fact]
    public async Task A_host_with_a_faulty_option_does_not_start_and_says_which()
    {
        await using var host = TestHost.Make(
            "127.0.0.1:1", static (_, _, _) => Task.CompletedTask, static options => options.JanitorBatchSize = -1);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Contains("AsynqServerOptions.JanitorBatchSize is -1", refused.Message, StringComparison.Ordinal);
    }
}

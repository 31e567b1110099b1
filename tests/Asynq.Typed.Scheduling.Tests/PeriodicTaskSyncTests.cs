using Asynq.Typed.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Entries that a provider gives.</summary>
public sealed class PeriodicTaskSyncTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Entries_follow_their_provider_and_equal_ones_are_left_alone(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Tasks = [Scene.Raw("@hourly", "a"), Scene.Raw("@hourly", "b")] };
        var scheduler = await StartAsync(scene, provider);
        var before = Ids(scheduler);
        Assert.Equal(["a", "b"], before.Keys.Order());

        provider.Tasks = [Scene.Raw("@hourly", "c"), Scene.Raw("@hourly", "b")];
        var waited = TimeSpan.Zero;
        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            waited += TimeSpan.FromSeconds(1);
            return Task.FromResult(Ids(scheduler).ContainsKey("c"));
        });
        Assert.True(waited >= TimeSpan.FromMinutes(3), $"Asked after {waited}.");

        var after = Ids(scheduler);
        Assert.Equal(["b", "c"], after.Keys.Order());
        Assert.Equal(before["b"], after["b"]);
    }

    [Theory, EachBackend]
    public async Task A_provider_that_fails_leaves_the_entries_that_it_gave(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Tasks = [Scene.Raw("* * * * *", "a")] };
        var scheduler = await StartAsync(scene, provider);
        var before = Ids(scheduler);

        provider.Fails = true;
        provider.Change();
        await scene.UntilAsync(() => Task.FromResult(provider.Calls >= 2));
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(before, Ids(scheduler));
        Assert.Single(scene.Seen);

        provider.Tasks = [Scene.Raw("* * * * *", "b")];
        provider.Fails = false;
        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Ids(scheduler).ContainsKey("b"));
        });
        Assert.Equal(["b"], Ids(scheduler).Keys);
    }

    [Theory, EachBackend]
    public async Task A_provider_that_fails_at_start_is_asked_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Fails = true, Tasks = [Scene.Raw("@hourly", "a")] };
        var scheduler = await StartAsync(scene, provider);
        Assert.Empty(Ids(scheduler));

        provider.Fails = false;
        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Ids(scheduler).ContainsKey("a"));
        });
    }

    [Theory, EachBackend]
    public async Task A_change_token_is_followed_at_once_and_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Tasks = [Scene.Raw("@hourly", "0")] };
        var scheduler = await StartAsync(scene, provider);

        for (var i = 1; i <= 5; i++)
        {
            var type = $"{i}";
            provider.Tasks = [Scene.Raw("@hourly", type)];
            provider.Change();
            await scene.UntilAsync(() => Task.FromResult(Ids(scheduler).ContainsKey(type)));
        }

        Assert.Equal(["5"], Ids(scheduler).Keys);
        Assert.Equal(Scene.Start, scene.Time.GetUtcNow());
    }

    [Theory, EachBackend]
    public async Task A_task_that_is_not_valid_is_left_out_and_one_of_its_name_stays(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Tasks = [Scene.Raw("@hourly", "a") with { Name = "n" }, Scene.Raw("bad", "b")] };
        var scheduler = await StartAsync(scene, provider);
        scheduler.Register(Scene.Raw("@hourly", "own"));
        var before = Ids(scheduler);
        Assert.Equal(["a", "own"], before.Keys.Order());

        provider.Tasks =
        [
            Scene.Raw("bad", "a") with { Name = "n" }, Scene.Raw("@hourly", "c"), Scene.Raw("@hourly", "c"), Scene.Raw("@hourly", "own"),
        ];
        provider.Change();
        await scene.UntilAsync(() => Task.FromResult(Ids(scheduler).ContainsKey("c")));

        Assert.Equal(["a", "c", "own"], Ids(scheduler).Keys.Order());
        Assert.Equal(before["a"], Ids(scheduler)["a"]);
        Assert.Equal(before["own"], Ids(scheduler)["own"]);

        provider.Tasks = [];
        provider.Change();
        await scene.UntilAsync(() => Task.FromResult(Ids(scheduler).Count == 1));
        Assert.Equal(["own"], Ids(scheduler).Keys);
    }

    [Theory, EachBackend]
    public async Task A_tick_does_not_fall_between_an_entry_and_the_one_that_replaces_it(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider { Tasks = [Scene.Raw("* * * * *", "old") with { Name = "n" }] };
        await StartAsync(scene, provider);

        for (var minute = 1; minute <= 5; minute++)
        {
            // The tick and the change come at once; either may be first.
            provider.Tasks = [Scene.Raw("* * * * *", $"new{minute}") with { Name = "n" }];
            scene.Time.Advance(TimeSpan.FromMinutes(1));
            provider.Change();
            await scene.UntilAsync(() => Task.FromResult(provider.Calls == minute + 1));
            await scene.SettleAsync();
        }

        Assert.Equal(
            ["03:05:00", "03:06:00", "03:07:00", "03:08:00", "03:09:00"],
            (await scene.TicksAsync()).Select(tick => tick[11..19]));
    }

    [Theory, EachBackend]
    public async Task Configuration_is_read_and_a_reload_is_followed(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var configuration = Configuration(new()
        {
            ["Tasks:report:Schedule"] = "0 9 * * *",
            ["Tasks:report:TimeZone"] = "Europe/Berlin",
            ["Tasks:report:Type"] = "report:daily",
            ["Tasks:report:Payload"] = "{\"a\":1}",
            ["Tasks:report:Misfire"] = "all",
            ["Tasks:report:MisfireLimit"] = "7",
            ["Tasks:report:Queue"] = "low",
            ["Tasks:report:MaxRetry"] = "3",
            ["Tasks:report:Timeout"] = "00:01:30",
            ["Tasks:report:ProcessIn"] = "00:00:01",
            ["Tasks:report:TaskId"] = "id",
            ["Tasks:report:Retention"] = "1.00:00:00",
            ["Tasks:report:UniqueFor"] = "01:00:00",
            ["Tasks:report:Group"] = "g",
            ["Tasks:report:Headers:k"] = "v",
        });
        var scheduler = await StartAsync(scene, new ConfiguredPeriodicTasks(configuration.GetSection("Tasks")));

        var entry = Assert.Single(scheduler.Entries.All);
        Assert.Equal("CRON_TZ=Europe/Berlin 0 9 * * *", entry.Timetable.Spec);
        Assert.Equal(("report", "report:daily", "All(7)"), (entry.Task.Name, entry.Task.Type, entry.Task.Misfire!.ToString()));
        Assert.Equal("{\"a\":1}"u8.ToArray(), entry.Task.Body.Payload);
        Assert.Equal(
            [
                "Queue(\"low\")", "MaxRetry(3)", "Timeout(1m30s)", "Unique(1h0m0s)", "ProcessIn(1s)", "TaskID(\"id\")",
                "Retention(24h0m0s)", "Group(\"g\")", "Header([\"k\",\"v\"])",
            ],
            entry.OptionTexts);

        configuration["Tasks:other:Schedule"] = "@hourly";
        configuration["Tasks:other:Type"] = "other";
        configuration["Tasks:other:PayloadBase64"] = "AP8=";
        configuration["Tasks:other:TransformPayload"] = "true";
        configuration.Reload();
        await scene.UntilAsync(() => Task.FromResult(scheduler.Entries.All.Count == 2));
        Assert.Equal([0, 255], scheduler.Entries.All.Single(other => other.Task.Type == "other").Task.Body.Payload);
        Assert.True(scheduler.Entries.All.Single(other => other.Task.Type == "other").Task.Options.TransformPayload);
        Assert.Null(entry.Task.Options.TransformPayload);
        Assert.Contains(entry, scheduler.Entries.All);
    }

    [Theory]
    [InlineData("Schedule", null, "'Tasks:x:Schedule' is missing.")]
    [InlineData("Type", " ", "'Tasks:x:Type' is missing.")]
    [InlineData("Typ", "t", "'Tasks:x:Typ' is not known. The keys are Schedule, ")]
    [InlineData("TimeZone", "Nowhere/Land", "'Tasks:x:TimeZone' is 'Nowhere/Land', which this system does not know")]
    [InlineData("PayloadBase64", "?", "'Tasks:x:PayloadBase64' is no base64.")]
    [InlineData("Misfire", "Maybe", "'Tasks:x:Misfire' is 'Maybe': write Skip, Once or All.")]
    [InlineData("Misfire", "All", "'Tasks:x:MisfireLimit' is needed where Misfire is All")]
    [InlineData("MisfireLimit", "3", "'Tasks:x:MisfireLimit' goes with a Misfire of All.")]
    [InlineData("MaxRetry", "many", "'Tasks:x:MaxRetry' is 'many', which is no whole number.")]
    [InlineData("Timeout", "90s", "'Tasks:x:Timeout' is '90s', which is no duration")]
    public async Task Bad_configuration_is_named_by_its_key_and_leaves_out_itself_only(string key, string? value, string expected)
    {
        var configuration = Configuration(new()
        {
            ["Tasks:x:Schedule"] = "@hourly",
            ["Tasks:x:Type"] = "t",
            ["Tasks:good:Schedule"] = "@hourly",
            ["Tasks:good:Type"] = "t",
            [$"Tasks:x:{key}"] = value,
        });
        var provider = new ConfiguredPeriodicTasks(configuration.GetSection("Tasks"));

        var given = provider.Read();

        var fault = Assert.Single(given.Unreadable);
        Assert.Equal("x", fault.Name);
        Assert.StartsWith(expected, fault.Reason, StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(given.Tasks).Name);
        Assert.Equal("good", Assert.Single(await provider.GetTasksAsync(Ct)).Name);
    }

    [Theory, EachBackend]
    public async Task A_child_that_cannot_be_read_is_left_out_and_its_entry_of_before_stays(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var configuration = Configuration(new()
        {
            ["Tasks:a:Schedule"] = "@hourly",
            ["Tasks:a:Type"] = "a",
            ["Tasks:b:Schedule"] = "@hourly",
            ["Tasks:b:Type"] = "b",
            ["Tasks:b:MaxRetry"] = "many",
        });
        var scheduler = await StartAsync(scene, new ConfiguredPeriodicTasks(configuration.GetSection("Tasks")));
        var before = Ids(scheduler);
        Assert.Equal(["a"], before.Keys);
        Assert.Equal(1, scene.Log.Count(
            "Error: A periodic task of ConfiguredPeriodicTasks is left out: 'Tasks:b:MaxRetry' is 'many', which is no whole number."));

        configuration["Tasks:a:Timeout"] = "soon";
        configuration["Tasks:b:MaxRetry"] = "3";
        configuration.Reload();
        await scene.UntilAsync(() => Task.FromResult(Ids(scheduler).ContainsKey("b")));

        Assert.Equal(["a", "b"], Ids(scheduler).Keys.Order());
        Assert.Equal(before["a"], Ids(scheduler)["a"]);
        Assert.Equal(1, scene.Log.Count("left out: 'Tasks:a:Timeout' is 'soon'"));
    }

    [Theory, EachBackend]
    public async Task A_scheduler_without_a_container_takes_configuration_and_functions_too(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var configuration = Configuration(new() { ["Tasks:a:Schedule"] = "@hourly", ["Tasks:a:Type"] = "configured" });
        var scheduler = scene.NewScheduler();
        scheduler.AddPeriodicTasks(configuration.GetSection("Tasks"));
        scheduler.AddPeriodicTasks(_ => new([Scene.Raw("@hourly", "returned")]));

        await scheduler.StartAsync(Ct);

        await scene.UntilAsync(() => Task.FromResult(scheduler.Entries.All.Count == 2));
        Assert.Equal(["configured", "returned"], Ids(scheduler).Keys.Order());
        Assert.Throws<InvalidOperationException>(() => scheduler.AddPeriodicTasks(configuration));
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private static async Task<AsynqScheduler> StartAsync(Scene scene, IPeriodicTaskProvider provider)
    {
        var scheduler = scene.NewScheduler();
        scheduler.AddProvider(provider);
        await scheduler.StartAsync(Ct);
        await scene.UntilAsync(() => Task.FromResult(scene.Log.Count("Periodic tasks of ") > 0));
        return scheduler;
    }

    private static Dictionary<string, string> Ids(AsynqScheduler scheduler) =>
        scheduler.Entries.All.ToDictionary(entry => entry.Task.Type, entry => entry.Id);

    private sealed class Provider : IPeriodicTaskProvider
    {
        private ConfigurationReloadToken _change = new();
        private int _calls;

        internal IReadOnlyCollection<PeriodicTask> Tasks { get; set; } = [];

        internal bool Fails { get; set; }

        internal int Calls => Volatile.Read(ref _calls);

        public ValueTask<IReadOnlyCollection<PeriodicTask>> GetTasksAsync(CancellationToken cancellationToken)
        {
            var tasks = Tasks;
            Interlocked.Increment(ref _calls);
            return Fails ? throw new InvalidOperationException("No tasks today.") : ValueTask.FromResult(tasks);
        }

        public IChangeToken GetChangeToken() => Volatile.Read(ref _change);

        internal void Change() => Interlocked.Exchange(ref _change, new ConfigurationReloadToken()).OnReload();
    }
}

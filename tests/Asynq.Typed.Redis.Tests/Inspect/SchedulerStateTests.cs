using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>Not recorded: what schedulers say of themselves can be listed.</summary>
public sealed class SchedulerStateTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(20);

    [Theory, EachBackend]
    public async Task Entries_of_all_live_schedulers_are_listed_in_their_order(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteSchedulerEntriesAsync("h:1:dead", [Entry("0")], Ttl, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        await scene.Broker.WriteSchedulerEntriesAsync("h:1:a", [Entry("0"), Entry("9")], Ttl, Ct);
        await scene.Broker.WriteSchedulerEntriesAsync("h:1:a", [Entry("2"), Entry("1")], Ttl, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        await scene.Broker.WriteSchedulerEntriesAsync("h:1:b", [Entry("3")], Ttl, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal([Entry("2"), Entry("1"), Entry("3")], await scene.Broker.ListSchedulerEntriesAsync(Ct));
        Assert.Equal(2, await scene.Database.SortedSetLengthAsync(Keys.Schedulers));

        await scene.Broker.ClearSchedulerEntriesAsync("h:1:a", Ct);
        Assert.Equal([Entry("3")], await scene.Broker.ListSchedulerEntriesAsync(Ct));
    }

    [Theory, EachBackend]
    public async Task The_newest_thousand_events_are_kept_and_listed_from_the_newest(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        for (var i = 0; i < 1_003; i++)
        {
            await scene.Broker.RecordSchedulerEnqueueEventAsync("e", Event(i), Ct);
        }

        Assert.Equal([Event(1_002), Event(1_001)], await scene.Broker.ListSchedulerEnqueueEventsAsync("e", 0, 2, Ct));
        Assert.Equal([Event(1_000), Event(999)], await scene.Broker.ListSchedulerEnqueueEventsAsync("e", 1, 2, Ct));
        Assert.Equal([Event(3)], await scene.Broker.ListSchedulerEnqueueEventsAsync("e", 999, 1, Ct));
        Assert.Empty(await scene.Broker.ListSchedulerEnqueueEventsAsync("e", 1_000, 1, Ct));

        await scene.Broker.ClearSchedulerHistoryAsync("e", Ct);
        Assert.Empty(await scene.Broker.ListSchedulerEnqueueEventsAsync("e", 0, 2, Ct));
    }

    private static SchedulerEntry Entry(string id) => new()
    {
        Id = id,
        Spec = "@every 1m",
        TaskType = "report:daily",
        TaskPayload = ByteString.CopyFromUtf8("{}"),
        EnqueueOptions = { "Queue(\"low\")" },
        NextEnqueueTime = Timestamp.FromDateTimeOffset(Start),
    };

    private static SchedulerEnqueueEvent Event(int minute) => new()
    {
        TaskId = $"{minute}", EnqueueTime = Timestamp.FromDateTimeOffset(Start.AddMinutes(minute)),
    };
}

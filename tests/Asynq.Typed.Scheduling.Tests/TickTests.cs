using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Asynq.Typed.Transforms;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>What a tick's enqueue is, compared with one by a client.</summary>
public sealed class TickTests
{
    private static readonly TransformChain Encrypting = new([new EncryptPayload(new PayloadKey("k1", new byte[PayloadKey.Length]))]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_tick_is_traced_and_counted(Backend backend)
    {
        const string Queue = "ticks:counted";
        var sends = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AsynqTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.OperationName == $"send {Queue}")
                {
                    sends.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var sent = 0L;
        using var meter = CountSent(Queue, value => Interlocked.Add(ref sent, value));
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("@every 10s", options: new() { Queue = Queue }));
        await scheduler.StartAsync(Ct);

        await scene.AdvanceAsync(TimeSpan.FromSeconds(10));
        await scene.UntilAsync(async () => (await scene.PendingAsync(Queue)).Count == 1);

        var message = Assert.Single(await scene.PendingAsync(Queue));
        var send = Assert.Single(sends, activity => activity.GetTagItem("messaging.message.id") is string id && id == message.Id);
        Assert.Contains(send.TraceId.ToHexString(), message.Headers["traceparent"], StringComparison.Ordinal);
        Assert.Equal(sends.Count, Interlocked.Read(ref sent));
    }

    [Theory, EachBackend]
    public async Task A_tick_that_was_refused_as_a_duplicate_is_not_enqueued_by_another_scheduler(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var unique = new EnqueueOptions { UniqueFor = TimeSpan.FromHours(1) };
        var first = scene.NewScheduler();
        first.Register(Scene.Raw("@every 10s", options: unique));
        await first.StartAsync(Ct);
        await scene.AdvanceAsync(TimeSpan.FromSeconds(5));
        await scene.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["2030-01-02T03:04:10Z"], await scene.TicksAsync());
        Assert.IsType<DuplicateTaskException>(scene.Seen.Last().Error);
        await scene.StopAsync(first);

        // The first task ends, and a scheduler that is started looks for the ticks that it has missed.
        var leased = Assert.Single((await scene.Broker.DequeueAsync("default", 1, TimeSpan.FromSeconds(30), Ct)).Tasks);
        await scene.Broker.DoneAsync(leased, Ct);
        var second = scene.NewScheduler();
        second.Register(Scene.Raw("@every 10s", options: unique) with { Misfire = MisfirePolicy.Once });
        await second.StartAsync(Ct);
        await scene.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.Empty(await scene.PendingAsync());

        await scene.AdvanceAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(["2030-01-02T03:04:30Z"], await scene.TicksAsync());
    }

    [Theory, EachBackend]
    public async Task Only_the_marked_members_of_a_typed_tick_count(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register("@every 10s", new Bill("42", "a"));
        scheduler.Register("@every 10s", new Bill("42", "b"));
        await scheduler.StartAsync(Ct);

        await scene.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(2, scene.Seen.Count);
        Assert.Single(scene.Seen, seen => seen.Error is DuplicateTaskException);
        Assert.Equal(
            Keys.Of("default").Unique("bill", "42"u8.ToArray()), Assert.Single(await scene.PendingAsync()).UniqueKey);
    }

    [Fact]
    public void The_identity_of_an_entry_whose_payload_is_hidden_tells_nothing_of_it()
    {
        static ScheduleEntry Entry(PeriodicTask task, TransformChain transforms) =>
            new(task, TimeZoneInfo.Utc, Scene.Start, false, transforms);
        var one = PeriodicTask.Create("@daily", new Report("a"));
        var other = PeriodicTask.Create("@daily", new Report("b"));
        var open = PeriodicTask.Create("@daily", new Report("a"), new() { TransformPayload = false });

        Assert.Equal(Entry(one, Encrypting).Identity, Entry(other, Encrypting).Identity);
        Assert.NotEqual(Entry(one, TransformChain.None).Identity, Entry(other, TransformChain.None).Identity);
        Assert.Equal(Entry(one, TransformChain.None).Identity, Entry(open, Encrypting).Identity);
        Assert.NotEqual(Entry(one, Encrypting).Definition, Entry(other, Encrypting).Definition);
        Assert.NotEqual(Entry(one, Encrypting).Definition, Entry(open, Encrypting).Definition);
        Assert.Equal(
            Entry(one with { Name = "n" }, TransformChain.None).Identity, Entry(one with { Name = "n" }, Encrypting).Identity);
        Assert.True(Entry(one, Encrypting).Describe().TaskPayload.IsEmpty);
        Assert.Equal("a", Entry(open, Encrypting).Describe().TaskPayload.ToStringUtf8());
        Assert.Equal("a", Entry(one, new TransformChain([new CompressPayload()])).Describe().TaskPayload.ToStringUtf8());
    }

    private static MeterListener CountSent(string queue, Action<long> add)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, meter) =>
            {
                if (instrument.Meter.Name == AsynqTelemetry.MeterName && instrument.Name == "messaging.client.sent.messages")
                {
                    meter.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var (name, tag) in tags)
            {
                if (name == "messaging.destination.name" && Equals(tag, queue))
                {
                    add(value);
                }
            }
        });
        listener.Start();
        return listener;
    }

    /// <summary>A task of which only a part makes it unique.</summary>
    private sealed record Bill(string Number, string Comment) : IAsynqTask<Bill>
    {
        static TaskDescriptor IAsynqTask<Bill>.Descriptor { get; } = new("bill") { UniqueFor = TimeSpan.FromHours(1) };

        static void IAsynqTask<Bill>.Write(IBufferWriter<byte> output, Bill task) =>
            output.Write(Encoding.UTF8.GetBytes($"{task.Number}|{task.Comment}"));

        static bool IAsynqTask<Bill>.WriteUniqueKey(IBufferWriter<byte> output, Bill task)
        {
            output.Write(Encoding.UTF8.GetBytes(task.Number));
            return true;
        }

        static Bill IAsynqTask<Bill>.Read(ReadOnlyMemory<byte> payload) => throw new NotSupportedException();
    }
}

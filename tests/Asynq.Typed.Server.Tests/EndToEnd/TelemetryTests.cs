using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

public sealed class TelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_and_its_baggage_run_from_the_enqueue_through_each_attempt()
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is AsynqTelemetry.ActivitySourceName or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var seen = new ConcurrentQueue<(ActivityTraceId? Trace, string? Tenant)>();
        await using var host = await TestHost.StartAsync(database, (_, context, _) =>
        {
            seen.Enqueue((Activity.Current?.TraceId, Activity.Current?.GetBaggageItem("tenant")));
            return context.RetryCount == 0 ? throw new InvalidOperationException("once") : Task.CompletedTask;
        });

        TaskInfo task;
        ActivityTraceId trace;
        using (var request = source.StartActivity("request")!)
        {
            request.AddBaggage("tenant", "blue");
            trace = request.TraceId;
            task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        }

        await host.GoneAsync(task);
        await Eventually.TrueAsync(() => Of(stopped, trace, "process default").Count == 2, "both attempts are traced");

        Assert.Equal([(trace, "blue"), (trace, "blue")], seen);
        var send = Assert.Single(Of(stopped, trace, "send default"));
        Assert.All(Of(stopped, trace, "process default"), process => Assert.Equal(send.SpanId, process.ParentSpanId));
        Assert.Single(Of(stopped, trace, "process default"), process => process.Status == ActivityStatusCode.Error);
        Assert.Equal(task.Id, send.GetTagItem("messaging.message.id"));
    }

    [Fact]
    public async Task Tasks_are_counted_by_queue_and_type()
    {
        const string Queue = "counted";
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meter) =>
        {
            if (instrument.Meter.Name == AsynqTelemetry.MeterName)
            {
                meter.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var attempts = 0;
        await using var host = await TestHost.StartAsync(
            database,
            (_, _, _) => throw (++attempts == 1
                ? new DeferTaskException(TimeSpan.Zero, "not now")
                : new InvalidOperationException("no")),
            static options => options.Queues = new() { [Queue] = 1 });

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Queue = Queue, MaxRetry = 1 }, Token);
        await host.InStateAsync(task, TaskState.Archived);
        await Eventually.TrueAsync(() => counts["asynq.workers.active"] == 0, "no worker is active");

        Assert.Equal(1, counts["messaging.client.sent.messages"]);
        Assert.Equal(3, counts["messaging.client.consumed.messages"]);
        Assert.Equal(3, counts["messaging.process.duration"]);
        Assert.Equal(1, counts["asynq.tasks.deferred"]);
        Assert.Equal(2, counts["asynq.tasks.failed"]);
        Assert.Equal(1, counts["asynq.tasks.retried"]);
        Assert.Equal(1, counts["asynq.tasks.archived"]);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (name, tag) in tags)
            {
                if (name == "messaging.destination.name" && tag is Queue)
                {
                    counts.AddOrUpdate(instrument.Name, value, (_, before) => before + value);
                }
            }
        }
    }

    private static List<Activity> Of(IEnumerable<Activity> activities, ActivityTraceId trace, string name) =>
        [.. activities.Where(activity => activity.TraceId == trace && activity.OperationName == name)];
}

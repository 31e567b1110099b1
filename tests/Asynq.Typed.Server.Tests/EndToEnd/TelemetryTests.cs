using System.Collections.Concurrent;
using System.Diagnostics;
using Asynq.Typed.Server.Tests.Components;
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
        Assert.Equal(ActivityKind.Producer, send.Kind);
        Assert.Equal(
            ["asynq.task.type=test:job", "messaging.destination.name=default", $"messaging.message.id={task.Id}",
                "messaging.operation.name=send", "messaging.operation.type=send", "messaging.system=asynq"],
            TagsOf(send));
        Assert.All(Of(stopped, trace, "process default"), static process => Assert.Equal(ActivityKind.Consumer, process.Kind));
        Assert.Equal(
            ["asynq.task.retry_count=0", "asynq.task.type=test:job", "error.type=System.InvalidOperationException",
                "messaging.destination.name=default", $"messaging.message.id={task.Id}",
                "messaging.operation.name=process", "messaging.operation.type=process", "messaging.system=asynq"],
            TagsOf(Of(stopped, trace, "process default")[0]));
        Assert.Equal(
            ["asynq.task.retry_count=1", "asynq.task.type=test:job",
                "messaging.destination.name=default", $"messaging.message.id={task.Id}",
                "messaging.operation.name=process", "messaging.operation.type=process", "messaging.system=asynq"],
            TagsOf(Of(stopped, trace, "process default")[1]));
    }

    [Fact]
    public async Task A_send_that_fails_says_why()
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AsynqTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var queue = $"q{Guid.NewGuid():N}";
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, static (_, _, _) => Task.CompletedTask);
        await database.Database.StringSetAsync($"asynq:{{{queue}}}:pending", "no list");

        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => host.Client.EnqueueAsync(new Job("x"), new() { Queue = queue }, Token));

        var send = Assert.Single(stopped, activity => activity.OperationName == $"send {queue}");
        Assert.Equal(ActivityStatusCode.Error, send.Status);
        Assert.Equal(refused.GetType().FullName, send.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Tasks_are_counted_by_queue_and_type()
    {
        const string Queue = "counted";
        using var figures = new Figures(Queue);
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
        await Eventually.TrueAsync(() => figures["asynq.workers.active"] == 0, "no worker is active");

        Assert.Equal(1, figures["messaging.client.sent.messages"]);
        Assert.Equal(3, figures["messaging.client.consumed.messages"]);
        Assert.Equal(3, figures.Durations("messaging.process.duration").Count);
        Assert.Equal(3, figures.Durations("asynq.tasks.queue.duration").Count);
        Assert.Equal(2, figures["asynq.tasks.failed"]);
        Assert.Equal(1, figures["asynq.tasks.deferred"]);
        Assert.Equal(1, figures["asynq.tasks.retried"]);
        Assert.Equal(1, figures["asynq.tasks.archived"]);

        Assert.All(figures.Measured, measured =>
        {
            var operation = measured.Instrument == "messaging.client.sent.messages" ? "send" : "process";
            Assert.Equal(
                ["asynq.task.type=test:job", $"messaging.destination.name={Queue}", $"messaging.operation.name={operation}",
                    "messaging.system=asynq"],
                measured.Tags.Where(static tag => tag.Key != "error.type").Select(static tag => $"{tag.Key}={tag.Value}").Order());
        });
        string?[] failedTwice = [null, "System.InvalidOperationException", "System.InvalidOperationException"];
        Assert.Equal(failedTwice, ErrorsOf("messaging.client.consumed.messages"));
        Assert.Equal(failedTwice, ErrorsOf("messaging.process.duration"));
        Assert.Equal(failedTwice[1..], ErrorsOf("asynq.tasks.failed"));
        Assert.All(
            ((string[])["messaging.client.sent.messages", "asynq.tasks.queue.duration", "asynq.workers.active",
                "asynq.tasks.retried", "asynq.tasks.deferred", "asynq.tasks.archived"]).SelectMany(ErrorsOf),
            Assert.Null);

        IEnumerable<object?> ErrorsOf(string instrument) => figures.Measured
            .Where(measured => measured.Instrument == instrument)
            .Select(static measured => measured.Tags.GetValueOrDefault("error.type"));
    }

    [Theory]
    [EachBackend]
    public async Task The_time_in_the_queue_is_from_pending_to_the_start_of_the_attempt(Backend backend)
    {
        var queue = $"waited-{backend}";
        using var figures = new Figures(queue);
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => Task.CompletedTask, options => options.Queues = new() { [queue] = 1 }, backend);
        foreach (var id in (string[])["waits", "says nothing"])
        {
            var message = RuntimeFixture.Message(id);
            message.Queue = queue;
            await server.Broker.EnqueueAsync(message, Token);
        }

        await server.Database.Database.HashDeleteAsync($"asynq:{{{queue}}}:t:says nothing", "pending_since");
        server.Time.Advance(TimeSpan.FromSeconds(90));
        server.Runtime.Start();
        await Eventually.TrueAsync(() => figures["messaging.client.consumed.messages"] == 2, "both ran");

        Assert.Equal([90], figures.Durations("asynq.tasks.queue.duration"));
    }

    [Theory]
    [EachBackend]
    public async Task An_attempt_that_a_shutdown_ends_was_none(Backend backend)
    {
        var queue = $"given-back-{backend}";
        using var figures = new Figures(queue);
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database,
            static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
            options =>
            {
                options.Queues = new() { [queue] = 1 };
                options.ShutdownTimeout = TimeSpan.Zero;
            });
        await host.Client.EnqueueAsync(new Job("x"), new() { Queue = queue }, Token);
        await Eventually.TrueAsync(() => figures["asynq.workers.active"] == 1, "it runs");

        await host.StopAsync();

        Assert.Equal(0, figures["asynq.workers.active"]);
        Assert.Equal(0, figures["messaging.client.consumed.messages"]);
        Assert.Empty(figures.Durations("messaging.process.duration"));
        Assert.Single(figures.Durations("asynq.tasks.queue.duration"));
    }

    private static List<Activity> Of(IEnumerable<Activity> activities, ActivityTraceId trace, string name) =>
        [.. activities.Where(activity => activity.TraceId == trace && activity.OperationName == name)];

    private static IEnumerable<string> TagsOf(Activity activity) =>
        activity.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
}

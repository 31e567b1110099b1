using System.Diagnostics;
using System.Diagnostics.Metrics;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Client.Tests;

/// <summary>Whoever listens to the client and fails does not make a task that is stored look as if it were not.</summary>
public sealed class BrokenListenerTests
{
    private const string Message = "The listener is broken.";

    private readonly string _queue = $"q{Guid.NewGuid():N}";
    private int _told;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listener_of_the_meter_that_throws_changes_no_outcome()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, meter) =>
            {
                if (instrument.Meter.Name == AsynqTelemetry.MeterName && instrument.Name == "messaging.client.sent.messages")
                {
                    meter.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => FailIf(tags.ToArray().Any(tag => Equals(tag.Value, _queue))));
        listener.Start();

        await AllAreStoredAsync(told: 3);
    }

    [Theory]
    [InlineData("sampled", 1)]
    [InlineData("started", 1)]
    [InlineData("stopped", 1)]
    public async Task A_listener_of_activities_that_throws_changes_no_outcome(string when, int told)
    {
        var name = $"send {_queue}";
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AsynqTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            {
                FailIf(when == "sampled" && options.Name == name);
                return ActivitySamplingResult.AllData;
            },
            ActivityStarted = activity => FailIf(when == "started" && activity.OperationName == name),
            ActivityStopped = activity => FailIf(when == "stopped" && activity.OperationName == name),
        };
        ActivitySource.AddActivityListener(listener);

        await AllAreStoredAsync(told);
        Assert.Null(Activity.Current);
    }

    /// <summary>Enqueues one task by itself and two together.</summary>
    private async Task AllAreStoredAsync(int told)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var task = await client.EnqueueAsync(TaskRequest.CreateRaw("t", "x"u8.ToArray(), new() { Queue = _queue }), Token);
        Assert.Equal(TaskState.Pending, task.State);
        TaskRequest[] two = [.. Enumerable.Range(0, 2).Select(_ => TaskRequest.CreateRaw("t", "x"u8.ToArray(), new() { Queue = _queue }))];
        await foreach (var result in client.EnqueueManyAsync(two, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
        }

        Assert.Equal(3, await database.Database.ListLengthAsync($"asynq:{{{_queue}}}:pending"));
        Assert.Equal(told, _told);
    }

    private void FailIf(bool isOurs)
    {
        if (isOurs)
        {
            _told++;
            throw new InvalidOperationException(Message);
        }
    }
}

using Asynq.Typed.Redis;
using Asynq.Typed.Server.Tests.Components;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>What one attempt counted and left behind.</summary>
internal sealed record Outcome
{
    /// <summary>In the queue's figures, of the day and in total.</summary>
    public long Processed { get; init; }

    public long Failed { get; init; }

    /// <summary>In the meter.</summary>
    public double Consumed { get; init; }

    public double MeterFailed { get; init; }

    public double MeterRetried { get; init; }

    public double MeterArchived { get; init; }

    /// <summary>The task's own count; its state, <c>null</c> where it is gone; whether its lock is held.</summary>
    public int Retries { get; init; }

    public TaskState? State { get; init; }

    public bool Locked { get; init; }
}

/// <summary>A server of one queue, and the one unique task in it, which is tried once.</summary>
internal sealed class OutcomeScene : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly Figures _figures;
    private readonly Counting _counting;

    private OutcomeScene(
        TestDatabase database, string queue, Counting counting, Action<AsynqServerOptions>? configure)
    {
        _database = database;
        _counting = counting;
        Queue = queue;
        _figures = new Figures(queue);
        Redis = HangingRedis.On(database.Multiplexer);
        Host = TestHost.Make(
            database.ConnectionString,
            counting.RunAsync,
            options =>
            {
                options.Queues = new() { [queue] = 1 };
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
                configure?.Invoke(options);
            },
            asynq => asynq.UseRedis(Redis.Multiplexer));
    }

    internal TestHost Host { get; }

    /// <summary>What stands between the server and its database.</summary>
    internal HangingRedis Redis { get; }

    internal string Queue { get; }

    internal string TaskId { get; private set; } = "";

    internal QueueKeys Keys => Typed.Redis.Keys.Of(Queue);

    internal IDatabase Database => _database.Database;

    /// <summary>How often the handler was called.</summary>
    internal int Runs => _counting.Runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<OutcomeScene> OpenAsync(
        Backend backend, JobHandling handling, Action<AsynqServerOptions>? configure = null) =>
        new(await TestDatabase.OpenAsync(backend, Token), $"q{Guid.NewGuid():N}", new Counting(handling), configure);

    internal ValueTask<Broker> BrokerAsync() => Host.Services.GetRequiredService<BrokerSource>().GetAsync(Token);

    internal Task<Outcome> RunAsync(EnqueueOptions? options = null, Func<TaskInfo, Task>? during = null) =>
        RunAsync(new Job("x"), options, during);

    /// <summary>Has the server make one attempt, and do something else while its handler runs.</summary>
    internal async Task<Outcome> RunAsync<T>(T task, EnqueueOptions? options = null, Func<TaskInfo, Task>? during = null)
        where T : IAsynqTask<T>
    {
        var enqueued = await EnqueueAsync(task, options);
        await Host.StartAsync();
        if (during is not null)
        {
            await Eventually.TrueAsync(() => Runs > 0, "the handler is called");
            await during(enqueued);
        }

        await Eventually.TrueAsync(() => _figures["asynq.workers.active"] == 0 && _figures.Durations("asynq.tasks.queue.duration").Count > 0, "it has ended");
        return await EndAsync();
    }

    internal async Task<TaskInfo> EnqueueAsync<T>(T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T>
    {
        var enqueued = await Host.Client.EnqueueAsync(
            task, (options ?? new()) with { Queue = Queue, UniqueFor = TimeSpan.FromHours(1) }, Token);
        TaskId = enqueued.Id;
        return enqueued;
    }

    internal Task CancelAsync(TaskInfo task) => Host.Inspector.CancelTaskAsync(task.Queue, task.Id, Token);

    /// <summary>Shuts the server down, which waits for what it has to tell Redis, and says what there is.</summary>
    internal async Task<Outcome> EndAsync()
    {
        await Host.StopAsync();
        var task = await Host.Inspector.GetTaskAsync(Queue, TaskId, Token);
        var today = TimeProvider.System.GetUtcNow();
        var processed = (long)await Database.StringGetAsync(Keys.Processed);
        var failed = (long)await Database.StringGetAsync(Keys.Failed);
        Assert.Equal(processed, await OfDaysAsync(Keys.ProcessedOn, today));
        Assert.Equal(failed, await OfDaysAsync(Keys.FailedOn, today));
        return new Outcome
        {
            Processed = processed,
            Failed = failed,
            Consumed = _figures["messaging.client.consumed.messages"],
            MeterFailed = _figures["asynq.tasks.failed"],
            MeterRetried = _figures["asynq.tasks.retried"],
            MeterArchived = _figures["asynq.tasks.archived"],
            Retries = task?.Retried ?? 0,
            State = task?.State,
            Locked = ((RedisResult[])(await Database.ExecuteAsync("KEYS", $"asynq:{{{Queue}}}:unique:*"))!).Length == 1,
        };
    }

    internal async Task<TaskInfo> TaskAsync() => (await Host.Inspector.GetTaskAsync(Queue, TaskId, Token))!;

    internal async Task IsDueInHalfAMinuteAsync() => Assert.InRange(
        (await TaskAsync()).NextProcessAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(31));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _figures.Dispose();
        await _database.DisposeAsync();
    }

    // The test may run over midnight.
    private async Task<long> OfDaysAsync(Func<DateTimeOffset, RedisKey> key, DateTimeOffset today) =>
        (long)await Database.StringGetAsync(key(today)) + (long)await Database.StringGetAsync(key(today.AddDays(-1)));

    private sealed class Counting(JobHandling handling)
    {
        private int _runs;

        internal int Runs => Volatile.Read(ref _runs);

        internal Task RunAsync(Job job, TaskContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return handling(job, context, cancellationToken);
        }
    }
}

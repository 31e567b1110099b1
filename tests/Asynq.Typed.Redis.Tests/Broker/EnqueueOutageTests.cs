using System.Globalization;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Tasks that are enqueued one by one while Redis is away, or while their callers give up: when they hear, and of what.</summary>
public sealed class EnqueueOutageTests
{
    private static readonly EnqueueReply Stored = new(EnqueueOutcome.Enqueued, null);

    public static TheoryData<string> Faults => ["undone", "in doubt", "refused"];

    [Theory, MemberData(nameof(Faults))]
    public async Task All_that_waited_when_a_call_began_fail_with_it(string fault)
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll(string.Join(' ', Enumerable.Range(0, 1_000)));
        wire.Fail(0, FaultOf(fault));
        wire.Fail(1, FaultOf(fault));
        await wire.UntilCallsAsync(4);
        wire.Fail(2, FaultOf(fault));
        wire.Fail(3, FaultOf(fault));

        await Task.WhenAll(enqueues).ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromMinutes(1), Ct);

        Assert.Equal(4, wire.Calls.Length);
        var errors = enqueues.Select(enqueue => enqueue.Exception!.InnerException!).ToArray();
        Assert.Equal(1_000, errors.Distinct().Count());
        Assert.All(errors, error => Assert.IsType(FaultOf(fault).GetType(), error));
        Assert.All(errors[402..], error => Assert.False(error is RedisUnreachableException { IsOutcomeUnknown: true }));
        Assert.All(errors, error => Assert.Contains("gone", error.Message, StringComparison.Ordinal));
        var next = wire.Add("next");
        await wire.UntilCallsAsync(5);
        wire.Answer(4, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await next);
    }

    [Fact]
    public async Task Who_came_when_a_call_had_begun_does_not_fail_with_it()
    {
        var wire = new BatchWire();
        var (first, second, late) = (wire.Add("a"), wire.Add("b"), wire.Add("late"));

        wire.Fail(0, FaultOf("undone"));
        wire.Fail(1, FaultOf("undone"));

        await wire.UntilCallsAsync(3);
        Assert.Equal("late", wire.Calls[2]);
        wire.Answer(2, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await late);
        await Assert.ThrowsAsync<RedisUnreachableException>(() => first);
        await Assert.ThrowsAsync<RedisUnreachableException>(() => second);
    }

    [Fact]
    public async Task A_connection_that_breaks_fails_nobody_who_has_not_waited_long_for_another()
    {
        var wire = new BatchWire();
        var (first, second, waiting) = (wire.Add("a"), wire.Add("b"), wire.AddAll("c d"));
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);
        Assert.Equal("c d", wire.Calls[2]);
        var late = wire.Add("e");

        wire.Fail(1, FaultOf("in doubt"), after: TimeSpan.FromSeconds(1));
        wire.Fail(2, FaultOf("in doubt"), after: TimeSpan.FromSeconds(1));

        await wire.UntilCallsAsync(4);
        Assert.Equal("e", wire.Calls[3]);
        wire.Answer(3, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await late);
        Assert.Equal(EnqueueOutcome.Enqueued, await first);
        await Assert.ThrowsAsync<RedisUnreachableException>(() => second);
        foreach (var enqueue in waiting)
        {
            await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueue);
        }
    }

    [Fact]
    public async Task A_preparation_that_breaks_off_soon_is_made_anew()
    {
        var (one, again) = (new TaskCompletionSource(), new TaskCompletionSource());
        var wire = new BatchWire { Preparing = one.Task };
        var enqueue = wire.Add("a");
        wire.Preparing = again.Task;

        wire.Time.Advance(TimeSpan.FromSeconds(1));
        one.SetException(FaultOf("in doubt"));
        again.SetResult();

        await wire.UntilCallsAsync(1);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }

    [Fact]
    public async Task A_fault_of_one_call_alone_fails_nobody_who_waits()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll(string.Join(' ', Enumerable.Range(0, 402)));
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);

        wire.Fail(2, new InvalidOperationException("of the wrong type"));

        await wire.UntilCallsAsync(4);
        wire.Answer(1, Stored);
        wire.Answer(3, [.. Enumerable.Repeat(Stored, 200)]);
        Assert.All(await Task.WhenAll(enqueues[202..]), outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
        var errors = enqueues[2..202].Select(enqueue => enqueue.Exception!.InnerException!).ToArray();
        Assert.All(errors, error => Assert.Equal("of the wrong type", Assert.IsType<InvalidOperationException>(error).Message));
        Assert.Equal(200, errors.Distinct().Count());
        Assert.Equal([EnqueueOutcome.Enqueued, EnqueueOutcome.Enqueued], await Task.WhenAll(enqueues[..2]));
    }

    [Fact]
    public async Task A_call_takes_two_hundred_tasks_and_the_next_the_others()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll(string.Join(' ', Enumerable.Range(0, 460)));
        for (var call = 0; call < 5; call++)
        {
            await wire.UntilCallsAsync(call + 1);
            wire.Answer(call, [.. Enumerable.Repeat(Stored, wire.Calls[call].Split(' ').Length)]);
        }

        await Task.WhenAll(enqueues);

        Assert.Equal([1, 1, 200, 200, 58], wire.Calls.Select(call => call.Split(' ').Length));
        Assert.Equal(
            Enumerable.Range(0, 460),
            wire.Calls.SelectMany(call => call.Split(' ')).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_call_of_several_is_given_up_when_all_of_them_gave_up()
    {
        var wire = new BatchWire();
        using var one = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var first = (wire.Add("a"), wire.Add("b"));
        Task<EnqueueOutcome>[] shared = [wire.Add("c", one), wire.Add("d", other), wire.Add("e", other)];
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);

        await one.CancelAsync();
        Assert.False(wire.Tokens[2].IsCancellationRequested);
        await other.CancelAsync();
        Assert.True(wire.Tokens[2].IsCancellationRequested);
        Assert.DoesNotContain(shared, enqueue => enqueue.IsCompleted);
        wire.Fail(2, new OperationCanceledException(wire.Tokens[2]));

        foreach (var (enqueue, token) in shared.Zip([one.Token, other.Token, other.Token]))
        {
            var given = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => enqueue);
            Assert.Equal(token, given.CancellationToken);
            Assert.True(enqueue.IsCanceled);
        }

        wire.Answer(1, Stored);
        await Task.WhenAll(first.Item1, first.Item2);
    }

    [Fact]
    public async Task A_task_that_waits_for_its_call_to_be_prepared_can_be_given_up()
    {
        var preparing = new TaskCompletionSource();
        var wire = new BatchWire { Preparing = preparing.Task };
        using var cancelling = new CancellationTokenSource();
        var (given, kept) = (wire.Add("a", cancelling), wire.Add("b"));

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        preparing.SetResult();
        await wire.UntilCallsAsync(1);
        Assert.Equal(["b"], wire.Calls);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await kept);
    }

    [Fact]
    public async Task A_preparation_that_fails_is_made_anew_for_those_who_came_meanwhile()
    {
        var (one, other, again) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var wire = new BatchWire { Preparing = one.Task };
        using var cancelling = new CancellationTokenSource();
        var first = wire.Add("a");
        wire.Preparing = other.Task;
        var second = wire.Add("b");
        wire.Preparing = again.Task;
        var (given, later) = (wire.Add("c", cancelling), wire.AddAll("d e"));
        await cancelling.CancelAsync();

        wire.Time.Advance(Redis.Broker.RepeatFor);
        one.SetException(FaultOf("undone"));

        Assert.False((await Assert.ThrowsAsync<RedisUnreachableException>(() => first)).IsOutcomeUnknown);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.DoesNotContain(later.Append(second), enqueue => enqueue.IsCompleted);
        other.SetException(FaultOf("undone"));
        await Assert.ThrowsAsync<RedisUnreachableException>(() => second);
        Assert.DoesNotContain(later, enqueue => enqueue.IsCompleted);
        again.SetResult();
        await wire.UntilCallsAsync(1);
        Assert.Equal(["d e"], wire.Calls);
        wire.Answer(0, Stored, Stored);
        Assert.All(await Task.WhenAll(later), outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
    }

    [Fact]
    public async Task A_call_for_others_runs_in_nobodys_context()
    {
        var context = new AsyncLocal<string?>();
        var seen = new List<string?>();
        var wire = new BatchWire { Sending = () => seen.Add(context.Value) };
        context.Value = "of the first";
        var first = wire.Add("a");
        Task<EnqueueOutcome> second;
        using (ExecutionContext.SuppressFlow())
        {
            second = wire.Add("b");
        }

        var third = wire.Add("c");
        wire.Answer(0, Stored);

        await wire.UntilCallsAsync(3);

        Assert.Null(seen[2]);
        Assert.Equal("of the first", context.Value);
        wire.Answer(1, Stored);
        wire.Answer(2, Stored);
        await Task.WhenAll(first, second, third);
    }

    [Fact]
    public async Task However_many_wait_when_Redis_goes_away_the_last_hears_of_it_after_some_seconds()
    {
        var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await RedisConnection.ConnectAsync($"redis://127.0.0.1:{server.Port}", Ct);
        var broker = new Redis.Broker(connection, TimeProvider.System);
        await broker.EnqueueAsync(Message("warm-up"), Ct);
        await server.DisposeAsync();
        var began = TimeProvider.System.GetTimestamp();

        var enqueues = Enumerable.Range(0, 10_000).Select(number => broker.EnqueueAsync(Message($"{number}"), Ct)).ToArray();
        await Task.WhenAll(enqueues).ContinueWith(static _ => { }, TaskScheduler.Default);

        // Two calls of 5 s each. Batch by batch it would be minutes.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.All(enqueues, enqueue => Assert.IsType<RedisUnreachableException>(enqueue.Exception!.InnerException));
        Assert.False(((RedisUnreachableException)enqueues[^1].Exception!.InnerException!).IsOutcomeUnknown);
    }

    private static Exception FaultOf(string fault) => fault switch
    {
        "undone" => new RedisUnreachableException("gone", outcomeUnknown: false, new TimeoutException()),
        "in doubt" => new RedisUnreachableException("gone", outcomeUnknown: true, new TimeoutException()),
        _ => new RedisRefusedException("gone"),
    };
}

using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>When a group is aggregated, and what becomes of its tasks; on a clock that only the test turns.</summary>
public sealed class AggregatorTests
{
    private const string Group = "user:1";
    private const string Sets = "asynq:{default}:aggregation_sets";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.GroupGracePeriod))]
    public async Task A_group_is_due_when_no_task_has_come_for_the_grace_period(Backend backend)
    {
        await using var server = await OpenAsync(backend, options => options.GroupGracePeriod = TimeSpan.FromSeconds(30));
        await server.JoinAsync(Group, "a", new Note("a"));
        server.Runtime.Start();
        var first = server.Time.GetUtcNow();
        await Clock.TurnUntilAsync(server.Time, Step, () => server.Time.GetUtcNow() - first > TimeSpan.FromSeconds(20));
        await server.JoinAsync(Group, "b", new Note("b"));
        var second = server.Time.GetUtcNow();

        await DigestsAsync(server, 1);

        Assert.Equal(["notes in default: a, b"], server.Groups.Digests);
        Assert.True(server.Time.GetUtcNow() - second >= TimeSpan.FromSeconds(29));
        Assert.Null(await server.StateAsync("a"));
        Assert.Empty(await server.Broker.ListGroupsAsync("default", Token));
        Assert.False(await server.Database.Database.KeyExistsAsync(Sets));
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.GroupMaxSize))]
    public async Task A_full_group_does_not_wait_and_no_more_than_that_leave_it(Backend backend)
    {
        await using var server = await OpenAsync(backend, static options =>
        {
            options.GroupGracePeriod = TimeSpan.FromDays(1);
            options.GroupMaxSize = 2;
        });
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            await server.JoinAsync(Group, id, new Note(id));
        }

        server.Runtime.Start();
        await Eventually.TrueAsync(() => server.Groups.Digests.Count == 2, "both fillings at once");

        Assert.Equal(["notes in default: 1, 2", "notes in default: 3, 4"], server.Groups.Digests.Order());
        Assert.Equal(TaskState.Aggregating, await server.StateAsync("5"));
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.GroupMaxDelay))]
    public async Task A_group_to_which_tasks_keep_coming_is_due_after_the_maximum_delay(Backend backend)
    {
        await using var server = await OpenAsync(backend, static options =>
        {
            options.GroupGracePeriod = TimeSpan.FromMinutes(1);
            options.GroupMaxDelay = TimeSpan.FromMinutes(3);
        });
        server.Runtime.Start();
        var first = server.Time.GetUtcNow();
        var joined = 0;
        await Clock.TurnUntilAsync(server.Time, Step, async () =>
        {
            if (server.Time.GetUtcNow() >= first + (joined * TimeSpan.FromSeconds(20)))
            {
                var id = $"{joined++}";
                await server.JoinAsync(Group, id, new Note(id));
            }

            return !server.Groups.Digests.IsEmpty;
        });

        Assert.StartsWith("notes in default: 0, 1, 2", Assert.Single(server.Groups.Digests), StringComparison.Ordinal);
        Assert.InRange(
            server.Time.GetUtcNow() - first, TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4));
    }

    [Theory, EachBackend]
    public async Task Tasks_whose_aggregator_throws_or_makes_nothing_go_back_and_are_tried_again(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var calls = new List<(DateTimeOffset At, double Score)>();
        server.Groups.Notes = async (_, texts, _) =>
        {
            var set = (await server.Database.Database.SortedSetRangeByRankAsync(Sets)).Single();
            var score = await server.Database.Database.SortedSetScoreAsync((string)set!, "a");
            calls.Add((server.Time.GetUtcNow(), score!.Value));
            return calls.Count switch
            {
                1 => throw new InvalidOperationException("not today"),
                2 => AggregateResult<Digest>.Nothing,
                _ => new Digest("notes", texts),
            };
        };
        await server.JoinAsync(Group, "a", new Note("a"));
        var arrived = server.Time.GetUtcNow().ToUnixTimeSeconds();
        server.Runtime.Start();

        await DigestsAsync(server, 1);

        Assert.Equal(["notes in default: a"], server.Groups.Digests);
        Assert.Equal([arrived, arrived, arrived], calls.Select(call => (long)call.Score));
        Assert.True(calls[1].At - calls[0].At >= TimeSpan.FromSeconds(1));
        Assert.True(calls[2].At - calls[1].At >= TimeSpan.FromSeconds(2));
        var line = Assert.Single(server.Log.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("The aggregator of test:note failed on 1 tasks of group 'user:1'", line.Text, StringComparison.Ordinal);
        Assert.Equal("not today", line.Exception!.Message);
    }

    [Theory, EachBackend]
    public async Task A_group_of_several_types_is_split_and_what_nobody_aggregates_runs_singly(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await server.JoinAsync(Group, "n1", new Note("n1"));
        await server.JoinAsync(Group, "j1", new Job("j1"));
        await server.JoinAsync(Group, "m1", new Memo("m1"));
        await server.JoinAsync(Group, "n2", new Note("n2"));
        await server.JoinAsync(Group, "j2", new Job("j2"));
        server.Runtime.Start();

        await Clock.TurnUntilAsync(
            server.Time, Step, () => server.Groups.Digests.Count == 2 && server.Groups.Singles.Count == 2);

        Assert.Equal(["memos in default: m1", "notes in default: n1, n2"], server.Groups.Digests.Order());
        Assert.Equal(["j1", "j2"], server.Groups.Singles.Order());
        var line = Assert.Single(server.Log.Lines, line => line.Level == LogLevel.Warning);
        Assert.StartsWith("Tasks of type 'test:job' wait in groups", line.Text, StringComparison.Ordinal);
        Assert.False(await server.Database.Database.KeyExistsAsync(Sets));
    }

    [Theory, EachBackend]
    public async Task A_type_whose_aggregator_fails_does_not_take_the_others_back_with_it(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var failures = 2;
        server.Groups.Notes = (_, texts, _) =>
            failures-- > 0 ? throw new InvalidOperationException("x") : new(new Digest("notes", texts));
        await server.JoinAsync(Group, "n", new Note("n"));
        await server.JoinAsync(Group, "m", new Memo("m"));
        server.Runtime.Start();

        await DigestsAsync(server, 2);

        Assert.Equal(["memos in default: m", "notes in default: n"], server.Groups.Digests);
    }

    [Theory, EachBackend]
    public async Task A_member_that_cannot_be_read_is_archived_by_itself(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await server.JoinAsync(Group, "good", new Note("good"));
        var bad = RuntimeFixture.Message("bad");
        bad.Type = "test:note";
        bad.GroupKey = Group;
        bad.Payload = ByteString.CopyFrom(0xc1, 0xff);
        await server.Broker.AddToGroupAsync(bad, Token);
        server.Runtime.Start();

        await DigestsAsync(server, 1);

        Assert.Equal(["notes in default: good"], server.Groups.Digests);
        var archived = await server.Broker.GetTaskInfoAsync("default", "bad", Token);
        Assert.Equal(TaskState.Archived, archived!.State);
        Assert.StartsWith("The payload of task bad cannot be read as 'test:note'", archived.LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.GroupAggregator))]
    public async Task An_untyped_aggregator_gets_the_rest_of_all_types_together(Backend backend)
    {
        var seen = new List<string>();
        await using var server = await OpenAsync(backend, options => options.GroupAggregator = (group, tasks, _) =>
        {
            seen.Add($"{group.Queue} {group.Name} {string.Join(", ", tasks.Select(task => $"{task.Type} {task.Id}"))}");
            Assert.Equal(group.TaskIds, tasks.Select(task => task.Id));
            return new(new RawBatch("test:job", RuntimeFixture.Message().Payload.Memory, new() { TaskId = "batch" }));
        });
        await server.JoinAsync(Group, "j", new Job("j"));
        await server.JoinAsync(Group, "n", new Note("n"));
        await server.JoinAsync(Group, "s", new Stranger("s"));
        server.Runtime.Start();

        await DigestsAsync(server, 1);
        await Clock.TurnUntilAsync(server.Time, Step, () => !server.Groups.Singles.IsEmpty);

        Assert.Equal(["default user:1 test:job j, test:stranger s"], seen);
        Assert.Equal(["notes in default: n"], server.Groups.Digests);
        Assert.Equal(["batch"], server.Groups.Singles);
    }

    [Theory, EachBackend]
    public async Task A_batch_that_is_refused_leaves_its_tasks_in_their_group(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var calls = 0;
        var later = server.Time.GetUtcNow() + TimeSpan.FromDays(1);
        server.Groups.Notes = (_, _, _) => new(new AggregateResult<Digest>(
            new Digest("fixed", []),
            ++calls switch
            {
                1 => new() { TaskId = "taken" },
                2 => new() { UniqueFor = TimeSpan.FromHours(1), Queue = "ignored" },
                3 => new() { Group = "again" },
                _ => new() { Queue = "ignored" },
            }));
        await server.Broker.ScheduleAsync(RuntimeFixture.Message("taken"), later, Token);
        var holder = RuntimeFixture.Message("holder");
        holder.UniqueKey = UniqueKeyOf(new Digest("fixed", []));
        await server.Broker.ScheduleUniqueAsync(holder, later, TimeSpan.FromHours(1), Token);
        await server.JoinAsync(Group, "n", new Note("n"));
        server.Runtime.Start();

        await DigestsAsync(server, 1);

        Assert.Equal(4, calls);
        Assert.Equal(["fixed in default: "], server.Groups.Digests);
        Assert.Null(await server.StateAsync("n"));
        string[] warnings = [.. server.Log.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text)];
        Assert.Collection(
            warnings,
            line => Assert.Contains("(IdConflict)", line, StringComparison.Ordinal),
            line => Assert.Contains("(Duplicate)", line, StringComparison.Ordinal));
        Assert.Single(
            server.Log.Lines, line => line.Exception?.Message.StartsWith("EnqueueOptions.Group is 'again'", StringComparison.Ordinal) == true);
    }

    [Theory, EachBackend]
    public async Task A_set_of_a_server_that_crashed_is_aggregated_once_after_its_deadline(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await server.JoinAsync(Group, "a", new Note("a"));
        await server.JoinAsync(Group, "b", new Note("b"));
        server.Time.Advance(TimeSpan.FromMinutes(2));
        var setId = await server.Broker.AggregationCheckAsync("default", Group, TimeSpan.FromSeconds(1), default, 0, Token);
        Assert.Equal(2, (await server.Broker.ReadAggregationSetAsync("default", Group, setId!, Token))!.Tasks.Count);
        var crashed = server.Time.GetUtcNow();
        server.Runtime.Start();

        await DigestsAsync(server, 1);

        Assert.Equal(["notes in default: a, b"], server.Groups.Digests);
        Assert.InRange(server.Time.GetUtcNow() - crashed, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(240));
    }

    [Theory, EachBackend]
    public async Task A_set_that_was_reclaimed_meanwhile_is_lost_and_nothing_is_enqueued_for_it(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var calls = 0;
        server.Groups.Notes = async (_, texts, _) =>
        {
            var call = Interlocked.Increment(ref calls);
            if (call == 1)
            {
                // By the next of the server's own checks, if not here.
                var set = (await server.Database.Database.SortedSetRangeByRankAsync(Sets)).Single();
                await server.Database.Database.SortedSetAddAsync(Sets, set, 0);
                await server.Broker.ReclaimStaleAggregationSetsAsync("default", Token);
                Assert.DoesNotContain(set, await server.Database.Database.SortedSetRangeByRankAsync(Sets));
            }

            return new Digest($"call {call}", texts);
        };
        await server.JoinAsync(Group, "a", new Note("a"));
        server.Runtime.Start();

        await DigestsAsync(server, 1);
        await Eventually.TrueAsync(
            () => server.Log.Lines.Any(static line => line.Text.Contains("taken back before their batch", StringComparison.Ordinal)),
            "the first set is found lost");

        Assert.Equal(["call 2 in default: a"], server.Groups.Digests);
    }

    [Theory, EachBackend]
    public async Task An_aggregators_token_ends_before_the_sets_deadline(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var calls = 0;
        (DateTimeOffset Ended, double Deadline) first = default;
        server.Groups.Notes = async (_, texts, cancellationToken) =>
        {
            if (++calls == 1)
            {
                var deadline = (await server.Database.Database.SortedSetRangeByRankWithScoresAsync(Sets)).Single().Score;
                var ended = new TaskCompletionSource();
                await using var registration = cancellationToken.Register(() =>
                {
                    first = (server.Time.GetUtcNow(), deadline);
                    ended.SetResult();
                });
                await ended.Task;
                cancellationToken.ThrowIfCancellationRequested();
            }

            return new Digest("notes", texts);
        };
        await server.JoinAsync(Group, "a", new Note("a"));
        server.Runtime.Start();

        await DigestsAsync(server, 1);

        Assert.Equal(["notes in default: a"], server.Groups.Digests);
        Assert.InRange(first.Deadline - first.Ended.ToUnixTimeSeconds(), 1, 15);
    }

    [Fact]
    public async Task An_aggregator_that_never_returns_holds_up_no_other_group()
    {
        await using var server = await OpenAsync(Backend.Embedded);
        var calls = 0;
        server.Groups.Notes = async (group, texts, _) =>
        {
            if (group.Name == "stuck" && Interlocked.Increment(ref calls) == 1)
            {
                await new TaskCompletionSource().Task;
            }

            return new Digest(group.Name, texts);
        };
        await server.JoinAsync("stuck", "s", new Note("s"));
        server.Runtime.Start();
        await Clock.TurnUntilAsync(server.Time, Step, () => calls == 1);
        var stuck = server.Time.GetUtcNow();
        await server.JoinAsync("other", "o", new Note("o"));
        await DigestsAsync(server, 1);

        Assert.Equal(["other in default: o"], server.Groups.Digests);
        Assert.True(server.Time.GetUtcNow() - stuck < TimeSpan.FromMinutes(1));

        await DigestsAsync(server, 2);
        Assert.Equal("stuck in default: s", server.Groups.Digests.Last());
        Assert.Contains(server.Log.Lines, line => line.Exception is TimeoutException);
    }

    [Fact]
    public async Task No_more_than_three_checks_run_at_once()
    {
        await using var server = await OpenAsync(Backend.Embedded);
        var release = new TaskCompletionSource();
        var running = 0;
        server.Groups.Notes = async (group, texts, _) =>
        {
            Interlocked.Increment(ref running);
            await release.Task;
            return new Digest(group.Name, texts);
        };
        foreach (var id in (string[])["1", "2", "3", "4", "5"])
        {
            await server.JoinAsync($"group {id}", id, new Note(id));
        }

        server.Runtime.Start();
        await Clock.TurnUntilAsync(server.Time, Step, () => running == 3);
        var busy = server.Time.GetUtcNow();
        await Clock.TurnUntilAsync(server.Time, Step, () => server.Time.GetUtcNow() - busy > TimeSpan.FromSeconds(30));
        Assert.Equal(3, running);
        release.SetResult();
        await DigestsAsync(server, 5);

        Assert.Equal(
            [.. Enumerable.Range(1, 5).Select(id => $"group {id} in default: {id}")], server.Groups.Digests.Order());
    }

    [Fact]
    public void Two_assemblies_that_aggregate_one_type_are_refused()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            static () => new Routing.TaskRouter([new Notes(), new Notes()], [], []));

        Assert.Contains("Task type 'test:note' has aggregators in two assemblies", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_shutdown_ends_aggregators_and_their_tasks_are_free_at_once(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        var started = new TaskCompletionSource();
        server.Groups.Notes = async (_, _, cancellationToken) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return AggregateResult<Digest>.Nothing;
        };
        await server.JoinAsync(Group, "a", new Note("a"));
        server.Runtime.Start();
        await Clock.TurnUntilAsync(server.Time, Step, () => started.Task.IsCompleted);

        var shutdown = server.Runtime.ShutdownAsync(CancellationToken.None);
        await Clock.TurnUntilAsync(server.Time, Step, () => shutdown.IsCompleted);

        Assert.Equal(1, await server.Broker.ReclaimStaleAggregationSetsAsync("default", Token));
        Assert.Equal([Group], await server.Broker.ListGroupsAsync("default", Token));
        Assert.Equal(TaskState.Aggregating, await server.StateAsync("a"));
    }

    [Theory, EachBackend]
    public async Task A_server_without_aggregators_leaves_groups_to_others_and_else_runs_their_tasks_singly(Backend backend)
    {
        var ran = new List<string>();
        var mux = new TaskMux().Handle("test:", (context, _) =>
        {
            ran.Add(context.TaskId);
            return Task.CompletedTask;
        });
        await using var server = await RuntimeFixture.OpenGroupsAsync(
            backend,
            static options => options.GroupGracePeriod = TimeSpan.FromSeconds(1),
            new Routing.TaskRouter([], [mux], []));
        await GoServer.WriteAsync(server.Broker, "default");
        await server.JoinAsync(Group, "a", new Note("a"));
        server.Runtime.Start();
        var start = server.Time.GetUtcNow();
        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromSeconds(1), () => server.Time.GetUtcNow() - start > TimeSpan.FromMinutes(2));
        Assert.Empty(ran);
        Assert.Equal([Group], await server.Broker.ListGroupsAsync("default", Token));

        // The Go server's entry expires, and nobody is left who could aggregate.
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(5), () => ran.Count > 0);

        Assert.Equal(["a"], ran);
        Assert.True(server.Time.GetUtcNow() - start > TimeSpan.FromMinutes(9));
    }

    private sealed class Notes : HandlerModule
    {
        public override IReadOnlyList<TaskDescriptor> Tasks => [];

        public override IReadOnlyList<GroupAggregator> Aggregators { get; } =
            [new GroupAggregator<Note, Digest, NoteAggregator>()];

        public override bool TryDispatch(
            TaskContext context,
            [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Task? running,
            CancellationToken cancellationToken)
        {
            running = null;
            return false;
        }
    }

    private static Task<RuntimeFixture> OpenAsync(Backend backend, Action<AsynqServerOptions>? configure = null) =>
        RuntimeFixture.OpenGroupsAsync(backend, options =>
        {
            options.GroupGracePeriod = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });

    private static Task DigestsAsync(RuntimeFixture server, int count) =>
        Clock.TurnUntilAsync(server.Time, Step, () => server.Groups.Digests.Count >= count);

    private static string UniqueKeyOf<T>(T task)
        where T : IAsynqTask<T>
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        T.Write(buffer, task);
        return Keys.Of("default").Unique(T.Descriptor.Type, buffer.WrittenSpan.ToArray());
    }
}

using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>What users are shown of tasks.</summary>
public sealed class ListTests
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    public static TheoryData<Backend, TaskState> States =>
        [.. Enum.GetValues<Backend>().SelectMany(_ => Enum.GetValues<TaskState>(), (backend, state) => (backend, state))];

    [Theory, MemberData(nameof(States))]
    public async Task Pages_hold_every_task_once_in_order(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        string[] ids = ["a", "b", "c", "d", "e"];
        foreach (var id in ids)
        {
            await scene.PutAsync(id, state);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var pages = new List<string[]>();
        for (var page = 0; page < 4; page++)
        {
            var tasks = await scene.Broker.ListTasksAsync(Queue, state, Places.GroupOf(state), page, 2, Ct);
            Assert.All(tasks!, task => Assert.Equal(state, task.State));
            pages.Add([.. tasks!.Select(task => task.Id)]);
        }

        Assert.Equal(new string[][] { ["a", "b"], ["c", "d"], ["e"], [] }, pages);
    }

    [Theory, MemberData(nameof(States))]
    public async Task A_task_is_found_as_it_is_listed(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);

        var listed = Assert.Single((await scene.Broker.ListTasksAsync(Queue, state, Places.GroupOf(state), 0, 10, Ct))!);
        var found = await scene.Broker.GetTaskInfoAsync(Queue, "a", Ct);

        Assert.NotNull(found);
        Assert.Equal(listed.Payload.ToArray(), found.Payload.ToArray());
        Assert.Equal(Shown(listed), Shown(found));
        Assert.Equal("email:welcome", found.Type);
        Assert.Equal(state is TaskState.Retry ? "failed" : state is TaskState.Archived ? "gave up" : null, found.LastError);
        Assert.Equal(state == TaskState.Completed ? Start : null, found.CompletedAt);
        Assert.Equal(Places.GroupOf(state), found.Group);
        Assert.Equal(
            state switch
            {
                TaskState.Pending => Start,
                TaskState.Retry => Start.AddMinutes(1),
                TaskState.Scheduled => Start.AddMilliseconds(60_500),
                _ => null,
            },
            found.NextProcessAt);
    }

    [Theory, EachBackend]
    public async Task An_exact_due_time_counts_only_within_the_second_of_the_score(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        await scene.Database.SortedSetAddAsync(K.Scheduled, "a", Start.AddHours(2).ToUnixTimeSeconds());

        var listed = Assert.Single((await scene.Broker.ListTasksAsync(Queue, TaskState.Scheduled, null, 0, 1, Ct))!);

        Assert.Equal(Start.AddHours(2), listed.NextProcessAt);
        Assert.Equal(Start.AddHours(2), (await scene.Broker.GetTaskInfoAsync(Queue, "a", Ct))!.NextProcessAt);
    }

    [Theory, EachBackend]
    public async Task A_task_that_cannot_be_read_is_shown_with_the_reason(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("quarantined", TaskState.Pending);
        await scene.Database.HashSetAsync(K.Task("quarantined"), "msg", "no message");
        await scene.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        await scene.PutAsync("unread", TaskState.Scheduled);
        await scene.Database.HashSetAsync(K.Task("unread"), "msg", "no message");

        var archived = Assert.Single((await scene.Broker.ListTasksAsync(Queue, TaskState.Archived, null, 0, 10, Ct))!);
        var scheduled = Assert.Single((await scene.Broker.ListTasksAsync(Queue, TaskState.Scheduled, null, 0, 10, Ct))!);

        Assert.Equal(await scene.FieldAsync("quarantined", "reason"), archived.LastError);
        Assert.Contains("cannot be decoded", scheduled.LastError, StringComparison.Ordinal);
        Assert.Equal("", scheduled.Type);
        Assert.Contains("cannot be decoded", (await scene.Broker.GetTaskInfoAsync(Queue, "unread", Ct))!.LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Ids_without_a_task_are_left_out(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        await scene.Database.SortedSetAddAsync(K.Scheduled, [new("gone", 1), new("odd", 2)]);
        await scene.Database.StringSetAsync(K.Task("odd"), "what?");

        Assert.Equal("a", Assert.Single((await scene.Broker.ListTasksAsync(Queue, TaskState.Scheduled, null, 0, 10, Ct))!).Id);
        Assert.Null(await scene.Broker.GetTaskInfoAsync(Queue, "odd", Ct));
        Assert.Equal(new TaskSearch(true, null), await scene.Broker.FindTaskAsync(Queue, "gone", Ct));
        Assert.Equal(new TaskSearch(false, null), await scene.Broker.FindTaskAsync("nope", "a", Ct));
    }

    [Theory, EachBackend]
    public async Task Bad_pages_are_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Broker.ListTasksAsync(Queue, TaskState.Pending, null, -1, 1, Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Broker.ListTasksAsync(Queue, TaskState.Pending, null, 0, 0, Ct));
        await Assert.ThrowsAsync<ArgumentException>(
            () => scene.Broker.ListTasksAsync(Queue, TaskState.Active, "g", 0, 1, Ct));
    }

    [Theory]
    [InlineData("0", "", 0)]
    [InlineData("1893553445", "", 1893553445_000)]
    [InlineData("1893553445.7", "", 1893553445_000)]
    [InlineData("1893553445", "1893553445500", 1893553445_500)]
    [InlineData("1893553445", "1893553446000", 1893553445_000)]
    [InlineData("1893553445", "soon", 1893553445_000)]
    [InlineData("-1", "-500", -500)]
    public void A_due_time_is_read_from_score_and_exact_time(string score, string exact, long milliseconds) =>
        Assert.Equal(milliseconds, StoredTask.Due(score, exact)!.Value.ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("")]
    [InlineData("inf")]
    [InlineData("nan")]
    [InlineData("1e300")]
    public void A_score_that_is_no_time_gives_none(string score) => Assert.Null(StoredTask.Due(score, ""));

    // Records compare these by reference.
    private static TaskInfo Shown(TaskInfo task) =>
        task with { Payload = default, Result = default, Headers = NoHeaders };
}

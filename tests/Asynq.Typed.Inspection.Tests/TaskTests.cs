using Asynq.Typed.Testing;
using Xunit;

#pragma warning disable ASQ3005 // What is refused at run time is given here on purpose

namespace Asynq.Typed.Inspection.Tests;

public sealed class TaskTests
{
    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public async Task Tasks_of_a_state_are_listed_by_page_and_all(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutManyAsync(state, 7);

        var pages = new List<string>();
        for (var page = 1; page <= 3; page++)
        {
            pages.Add(string.Join(' ', (await PageAsync(scene, state, page, 3)).Select(task => task.Id)));
        }

        Assert.Equal(["0000 0001 0002", "0003 0004 0005", "0006"], pages);
        Assert.Empty(await PageAsync(scene, state, 4, 3));
        Assert.Empty(await PageAsync(scene, state, int.MaxValue, int.MaxValue));
        Assert.All(await PageAsync(scene, state, 1, 30), task =>
        {
            Assert.Equal((Scene.Queue, "email:welcome", state), (task.Queue, task.Type, task.State));
            Assert.Equal($"payload of {task.Id}", System.Text.Encoding.UTF8.GetString(task.Payload.Span));
        });
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => $"{i:D4}"),
            await Scene.IdsAsync(scene.Inspector.ListAllTasksAsync(Scene.Queue, state, Scene.GroupOf(state), Scene.Ct)));
    }

    [Theory]
    [MemberData(nameof(EveryState.CasesButActive), MemberType = typeof(EveryState))]
    public async Task All_are_listed_though_the_lister_deletes_some_on_the_way(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutManyAsync(state, 350);

        // Whole pages, none, and every third one, so that what the walk went by is gone in every way.
        var listed = new List<string>();
        await foreach (var task in scene.Inspector.ListAllTasksAsync(Scene.Queue, state, Scene.GroupOf(state), Scene.Ct))
        {
            listed.Add(task.Id);
            if (listed.Count <= 100 || (listed.Count > 200 && listed.Count % 3 == 0))
            {
                Assert.True((await scene.Inspector.DeleteTaskAsync(Scene.Queue, task.Id, Scene.Ct)).IsDone);
            }
        }

        Assert.Equal(Enumerable.Range(0, 350).Select(i => $"{i:D4}"), listed);
        Assert.Equal(200, (await PageAsync(scene, state, 1, 500)).Count);
    }

    [Theory, EachBackend]
    public async Task Ids_without_a_task_do_not_end_a_listing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("z", TaskState.Archived);
        for (var i = 0; i < 250; i++)
        {
            await scene.Database.SortedSetAddAsync(Scene.K.Archived, $"{i:D4}", 1);
        }

        Assert.Equal(
            ["z"],
            await Scene.IdsAsync(
                scene.Inspector.ListAllTasksAsync(Scene.Queue, TaskState.Archived, cancellationToken: Scene.Ct)));
    }

    [Theory, EachBackend]
    public async Task A_search_finds_by_type_id_and_error(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("order-1", TaskState.Archived, "mail", "SMTP timeout");
        await scene.PutAsync("order-2", TaskState.Archived, "mail", "no such user");
        await scene.PutAsync("user-1", TaskState.Archived, "mailing", "smtp TIMEOUT");
        await scene.PutAsync("order-3", TaskState.Retry, "mail", "SMTP timeout");

        Assert.Equal(["order-1", "order-2"], await FoundAsync(scene, new() { Type = "mail" }));
        Assert.Equal(["order-1", "order-2"], await FoundAsync(scene, new() { IdContains = "ORDER" }));
        Assert.Equal(["order-1", "user-1"], await FoundAsync(scene, new() { ErrorContains = "Timeout" }));
        Assert.Equal(["order-1"], await FoundAsync(scene, new() { Type = "mail", ErrorContains = "timeout" }));
        Assert.Equal(3, (await FoundAsync(scene, new())).Count);
    }

    [Theory, EachBackend]
    public async Task A_search_holds_no_more_than_the_page_that_it_is_at(Backend backend)
    {
        const int Tasks = 1_000;
        const int TwoPages = 200;
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutManyAsync(TaskState.Scheduled, Tasks);
        var seen = new List<WeakReference>();
        var most = 0;

        await foreach (var task in scene.Inspector.SearchTasksAsync(
            Scene.Queue, TaskState.Scheduled, new() { Type = "email:welcome" }, cancellationToken: Scene.Ct))
        {
            seen.Add(new WeakReference(task));
            if (seen.Count % 50 == 0)
            {
                GC.Collect();
                most = Math.Max(most, seen.Count(reference => reference.IsAlive));
            }
        }

        Assert.Equal(Tasks, seen.Count);
        Assert.InRange(most, 1, TwoPages);
    }

    [Theory, EachBackend]
    public async Task One_task_is_found_or_not(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Retry, error: "why");

        var task = (await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct))!;

        Assert.Equal((TaskState.Retry, "why", 1), (task.State, task.LastError, task.Retried));
        Assert.Equal(scene.Start.AddMinutes(1), task.NextProcessAt);
        Assert.Null(await scene.Inspector.GetTaskAsync(Scene.Queue, "b", Scene.Ct));
        Assert.Null(await scene.Inspector.GetTaskAsync(Scene.Gone, "a", Scene.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Inspector.GetTaskAsync(Scene.Queue, " ", Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task Bad_pages_unknown_queues_and_groups_that_do_not_fit_are_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PageAsync(scene, TaskState.Pending, 1, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PageAsync(scene, TaskState.Pending, 1, -1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PageAsync(scene, TaskState.Pending, 0, 1));
        await Assert.ThrowsAsync<ArgumentException>(
            () => scene.Inspector.ListTasksAsync(Scene.Queue, TaskState.Aggregating, cancellationToken: Scene.Ct));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Scene.IdsAsync(scene.Inspector.ListAllTasksAsync(Scene.Queue, TaskState.Retry, "g", Scene.Ct)));
        await Assert.ThrowsAsync<QueueNotFoundException>(
            () => scene.Inspector.ListTasksAsync(Scene.Gone, TaskState.Pending, cancellationToken: Scene.Ct));
        await Assert.ThrowsAsync<QueueNotFoundException>(() => Scene.IdsAsync(
            scene.Inspector.ListAllTasksAsync(Scene.Gone, TaskState.Pending, cancellationToken: Scene.Ct)));
        Assert.Empty(await scene.Inspector.ListGroupTasksAsync(Scene.Queue, "nobody", cancellationToken: Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task An_active_task_whose_lease_has_ended_or_is_gone_is_an_orphan(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("crashed", TaskState.Active);
        scene.Time.Advance(Scene.Lease);
        await scene.PutAsync("no lease", TaskState.Active);
        await scene.Database.SortedSetRemoveAsync(Scene.K.Lease, "no lease");
        await scene.PutAsync("works", TaskState.Active);
        await scene.PutAsync("waits", TaskState.Pending);
        scene.Time.Advance(TimeSpan.FromSeconds(1));

        var page = await PageAsync(scene, TaskState.Active, 1, 10);
        var all = new List<string>();
        await foreach (var task in scene.Inspector.ListAllTasksAsync(Scene.Queue, TaskState.Active, null, Scene.Ct))
        {
            all.AddRange(task.IsOrphaned ? [task.Id] : []);
        }

        Assert.Equal(["crashed", "no lease"], page.Where(task => task.IsOrphaned).Select(task => task.Id));
        Assert.Equal(["crashed", "no lease"], all);
        foreach (var (id, orphaned) in ((string, bool)[])[("crashed", true), ("no lease", true), ("works", false), ("waits", false)])
        {
            Assert.Equal(orphaned, (await scene.Inspector.GetTaskAsync(Scene.Queue, id, Scene.Ct))!.IsOrphaned);
        }

        Assert.False(Assert.Single(await PageAsync(scene, TaskState.Pending, 1, 10)).IsOrphaned);
    }

    private static Task<IReadOnlyList<TaskInfo>> PageAsync(Scene scene, TaskState state, int page, int size) =>
        state == TaskState.Aggregating
            ? scene.Inspector.ListGroupTasksAsync(Scene.Queue, Scene.Group, page, size, Scene.Ct)
            : scene.Inspector.ListTasksAsync(Scene.Queue, state, page, size, Scene.Ct);

    private static Task<List<string>> FoundAsync(Scene scene, TaskFilter filter) => Scene.IdsAsync(
        scene.Inspector.SearchTasksAsync(Scene.Queue, TaskState.Archived, filter, cancellationToken: Scene.Ct));
}

using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>A scheduled task's payload is replaced, and nothing else.</summary>
public sealed class UpdateTests
{
    private static readonly byte[] NewPayload = [1, 2, 3];

    [Theory, EachBackend]
    public async Task What_the_message_has_besides_is_kept_unknown_fields_too(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        var before = await scene.StoredAsync("a");

        // Field 99, a string, as a later version may add it.
        byte[] unknown = [0x9A, 0x06, 0x01, (byte)'x'];
        await scene.Database.HashSetAsync(K.Task("a"), "msg", (byte[])[.. before.ToByteArray(), .. unknown]);

        Assert.Equal(InspectOutcome.Done, await scene.Broker.UpdateTaskPayloadAsync(Queue, "a", NewPayload, Ct));

        var stored = (byte[])(await scene.Database.HashGetAsync(K.Task("a"), "msg"))!;
        before.Payload = ByteString.CopyFrom(NewPayload);
        Assert.Equal([.. before.ToByteArray(), .. unknown], stored);
        Assert.Equal(["scheduled"], await scene.WhereAsync("a"));
    }

    [Theory, EachBackend]
    public async Task A_task_that_is_not_scheduled_or_cannot_be_read_is_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("retry", TaskState.Retry);
        await scene.PutAsync("active", TaskState.Active);
        await scene.PutAsync("odd", TaskState.Scheduled);
        await scene.Database.HashSetAsync(K.Task("odd"), "msg", "no message");
        var before = await scene.DumpAsync();

        Task<InspectOutcome> Update(string queue, string id) =>
            scene.Broker.UpdateTaskPayloadAsync(queue, id, NewPayload, Ct);

        Assert.Equal(InspectOutcome.NotScheduled, await Update(Queue, "retry"));
        Assert.Equal(InspectOutcome.NotScheduled, await Update(Queue, "active"));
        Assert.Equal(InspectOutcome.Unreadable, await Update(Queue, "odd"));
        Assert.Equal(InspectOutcome.TaskNotFound, await Update(Queue, "missing"));
        Assert.Equal(InspectOutcome.QueueNotFound, await Update("nope", "a"));
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task Updates_at_once_leave_one_of_them_whole(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(i => scene.Broker.UpdateTaskPayloadAsync(Queue, "a", new byte[i], Ct)));

        Assert.All(outcomes, outcome => Assert.Equal(InspectOutcome.Done, outcome));
        var expected = Message("a", unique: "a", retention: 3600);
        expected.Payload = ByteString.CopyFrom(new byte[(await scene.StoredAsync("a")).Payload.Length]);
        Assert.Equal(expected, await scene.StoredAsync("a"));
    }
}

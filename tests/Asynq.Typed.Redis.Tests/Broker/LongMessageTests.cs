using Asynq.Typed.Testing;
using Google.Protobuf;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Long messages stand by themselves in the answer of a fetch, short ones in one string.</summary>
public sealed class LongMessageTests
{
    private const int MiB = 1024 * 1024;

    [Theory, EachBackend]
    public async Task Long_and_short_ones_come_back_whole_and_in_order(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        // About the length from which on a message is long, whatever stands around the payload.
        int[] sizes = [10, 5_000, 0, .. Enumerable.Range(400, 120), 1, 70_000];
        await EnqueueAsync(scene, sizes);

        var fetched = await scene.Broker.DequeueAsync(Queue, sizes.Length, Lease, Ct);

        Assert.Equal(sizes.Select(Payload), fetched.Tasks.Select(static task => task.Message.Payload));
        Assert.Equal(Enumerable.Range(0, sizes.Length).Select(IdOf), fetched.Tasks.Select(static task => task.Id));
    }

    [Theory, EachBackend]
    public async Task An_answer_ends_before_the_message_that_is_too_many(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await EnqueueAsync(scene, [400_000, 400_000, 400_000, 2 * MiB, 10, MiB, 10]);

        string[][] answers = [["0", "1"], ["2"], ["3"], ["4"], ["5"], ["6"]];
        foreach (var ids in answers)
        {
            var fetched = await scene.Broker.DequeueAsync(Queue, 10, Lease, Ct);
            Assert.Equal(ids, fetched.Tasks.Select(static task => task.Id));
            Assert.Equal(ids is not ["6"], fetched.MayHaveMore);
        }
    }

    [Theory, EachBackend]
    public async Task What_is_no_task_behind_a_large_one_is_dealt_with_as_ever(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await EnqueueAsync(scene, [MiB]);
        await scene.Database.StringSetAsync(K.Task("odd"), "no hash");
        await scene.Database.ListLeftPushAsync(K.Pending, ["odd", "gone"]);

        var fetched = await scene.Broker.DequeueAsync(Queue, 10, Lease, Ct);

        Assert.Equal(["0"], fetched.Tasks.Select(static task => task.Id));
        Assert.Equal(["odd"], fetched.Quarantined);
        Assert.Equal(1, fetched.Dropped);
        Assert.False(fetched.MayHaveMore);
    }

    [Theory, EachBackend]
    public async Task They_are_given_again_to_an_owner_whose_answer_was_lost(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        int[] sizes = [10, 5_000, 20, 6_000];
        await EnqueueAsync(place.Scene, sizes);
        place.Proxy.CutReplies(1);

        var fetched = await place.Broker.DequeueAsync(Queue, 4, Lease, Ct);

        Assert.Equal(sizes.Select(Payload), fetched.Tasks.Select(static task => task.Message.Payload));
    }

    private static async Task EnqueueAsync(Scene scene, int[] sizes)
    {
        for (var i = 0; i < sizes.Length; i++)
        {
            var message = Message(IdOf(i));
            message.Payload = Payload(sizes[i]);
            await scene.Broker.EnqueueAsync(message, Ct);
        }
    }

    private static string IdOf(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ByteString Payload(int size) =>
        ByteString.CopyFrom([.. Enumerable.Range(0, size).Select(static at => (byte)(at * 7))]);
}

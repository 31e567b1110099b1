using System.Threading.Channels;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A cancellation reaches the worker even if it missed the message.</summary>
public sealed class CancelTests
{
    [Theory, EachBackend]
    public async Task A_marked_task_is_named_when_its_lease_is_extended(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = await scene.EnqueueAndFetchAsync(Message("a"));
        var second = await scene.EnqueueAndFetchAsync(Message("b"));

        Assert.True(await scene.Broker.CancelAsync(Queue, "a", Ct));

        var extension = await scene.Broker.ExtendLeaseAsync(Queue, [first, second], Lease, Ct);
        Assert.Equal([first], extension.Cancelled);
        Assert.Empty(extension.Lost);
    }

    [Theory, EachBackend]
    public async Task A_mark_does_not_outlive_the_attempt(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = await scene.EnqueueAndFetchAsync(Message("a"));
        await scene.Broker.CancelAsync(Queue, "a", Ct);
        await scene.Broker.RequeueAsync(first, Ct);
        Assert.Null(await scene.FieldAsync("a", "cancel"));

        var second = await scene.FetchAsync();

        Assert.Empty((await scene.Broker.ExtendLeaseAsync(Queue, [second], Lease, Ct)).Cancelled);
    }

    [Theory, EachBackend]
    public async Task A_mark_that_a_Go_peer_carried_over_is_of_another_owner(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var peer = new GoPeer(scene);
        await scene.EnqueueAndFetchAsync(Message("a"));
        await scene.Broker.CancelAsync(Queue, "a", Ct);
        await peer.RetryAsync("a", scene.Broker.Now);
        await peer.ForwardAsync("retry", scene.Broker.Now);

        var second = await scene.FetchAsync();

        Assert.Null(await scene.FieldAsync("a", "cancel"));
        Assert.Empty((await scene.Broker.ExtendLeaseAsync(Queue, [second], Lease, Ct)).Cancelled);
    }

    [Theory, EachBackend]
    public async Task A_task_that_is_not_active_is_not_marked(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        var before = await scene.DumpAsync();

        Assert.False(await scene.Broker.CancelAsync(Queue, "a", Ct));
        Assert.False(await scene.Broker.CancelAsync(Queue, "missing", Ct));

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task Every_cancellation_is_published_until_the_subscription_ends(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var heard = Channel.CreateUnbounded<string>();
        var subscription = await scene.Broker.SubscribeCancellationsAsync(id => heard.Writer.TryWrite(id), Ct);

        await scene.Broker.CancelAsync(Queue, "missing", Ct);
        Assert.Equal("missing", await heard.Reader.ReadAsync(Ct));
        await scene.Broker.PublishCancellationAsync("b", Ct);
        Assert.Equal("b", await heard.Reader.ReadAsync(Ct));

        await subscription.DisposeAsync();
        Assert.Equal(0, await scene.Database.PublishAsync(
            StackExchange.Redis.RedisChannel.Literal(Keys.CancelChannel), "c"));
    }
}

using System.Runtime.CompilerServices;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What a long stream of parts remembers of those before.</summary>
public sealed class EnqueueOrderTests
{
    private static readonly CallMark Mark = new("0000000001", 10, KeepsMarks: false);

    [Fact]
    public void A_call_on_its_way_is_known_and_one_that_is_over_is_not()
    {
        var order = new EnqueueOrder();
        var call = new TaskCompletionSource();
        order.Add("q", Mark, call.Task);

        Assert.Equal((Mark, call.Task), order.Last("q"));
        Assert.Null(order.Last("other"));
        call.SetResult();
        Assert.Null(order.Last("q"));
    }

    [Fact]
    public void A_stream_over_many_queues_keeps_few_calls_that_are_over_and_all_that_are_on_their_way()
    {
        var order = new EnqueueOrder();
        var underWay = new TaskCompletionSource();
        order.Add("slow", Mark, underWay.Task);

        var over = AddMany(order, 1_000);
        GC.Collect();

        Assert.InRange(over.Count(call => call.IsAlive), 0, 40);
        Assert.Equal((Mark, underWay.Task), order.Last("slow"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> AddMany(EnqueueOrder order, int count)
    {
        var calls = new List<WeakReference>();
        for (var number = 0; number < count; number++)
        {
            var call = Task.FromResult(new EnqueueReply[1]);
            calls.Add(new WeakReference(call));
            order.Add($"{number}", Mark, call);
        }

        return calls;
    }
}

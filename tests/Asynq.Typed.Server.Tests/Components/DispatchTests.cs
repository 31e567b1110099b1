using Asynq.Typed.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A task without members, whose handler does nothing.</summary>
[AsynqTask("test:tick")]
public readonly partial record struct Tick;

internal sealed class TickHandler : IHandle<Tick>
{
    public Task HandleAsync(Tick task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The way from a task to its handler.</summary>
public sealed class DispatchTests
{
    private const int Rounds = 100;

    [Fact]
    public void Dispatching_allocates_nothing()
    {
        var services = new ServiceCollection();
        services.AddAsynq().AddAsynqTypedServerTestsHandlers();
        services.AddSingleton<TickHandler>();
        using var provider = services.BuildServiceProvider();
        var module = Assert.Single(provider.GetServices<HandlerModule>());
        var router = new TaskRouter([module], [], []);
        var attempt = new Attempt(provider);
        Assert.True(module.TryDispatch(attempt, out var running, CancellationToken.None));
        Assert.True(running.IsCompletedSuccessfully);

        var ofModule = Allocated(() => module.TryDispatch(attempt, out _, CancellationToken.None));
        var ofRouter = Allocated(() => router.DispatchAsync(attempt, CancellationToken.None).IsCompletedSuccessfully);

        Assert.Equal((0, 0), (ofModule, ofRouter));
    }

    private static long Allocated(Func<bool> dispatch)
    {
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Run()
        {
            for (var i = 0; i < Rounds; i++)
            {
                Assert.True(dispatch());
            }
        }
    }

    private sealed class Attempt(IServiceProvider services) : TaskContext
    {
        public override string TaskId => "id";

        public override string Type { get; } = new("test:tick".AsSpan());

        public override string Queue => "default";

        public override string? Group => null;

        public override ReadOnlyMemory<byte> Payload { get; } = new byte[] { 0x80 };

        public override int RetryCount => 0;

        public override int MaxRetry => 0;

        public override DateTimeOffset Deadline => DateTimeOffset.MaxValue;

        public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

        public override IServiceProvider Services => services;

        public override Task<bool> WriteResultAsync(
            ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default) => Task.FromResult(true);
    }
}

using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace Asynq.Typed.Benchmarks;

[AsynqTask("bench:ping:1")]
public readonly partial record struct Ping1;

[AsynqTask("bench:ping:2")]
public readonly partial record struct Ping2;

[AsynqTask("bench:ping:3")]
public readonly partial record struct Ping3;

[AsynqTask("bench:ping:4")]
public readonly partial record struct Ping4;

public sealed class Pings : IHandle<Ping1>, IHandle<Ping2>, IHandle<Ping3>, IHandle<Ping4>
{
    public Task HandleAsync(Ping1 task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(Ping2 task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(Ping3 task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HandleAsync(Ping4 task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Finding and starting a handler: the generated switch against a dictionary of delegates.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private readonly Dictionary<string, Func<TaskContext, CancellationToken, Task>> _handlers = new(StringComparer.Ordinal)
    {
        ["bench:ping:1"] = Handle<Ping1>,
        ["bench:ping:2"] = Handle<Ping2>,
        ["bench:ping:3"] = Handle<Ping3>,
        ["bench:ping:4"] = Handle<Ping4>,
    };

    private HandlerModule _module = null!;
    private Attempt _attempt = null!;

    [GlobalSetup]
    public void Setup()
    {
        var services = new ServiceCollection();
        services.AddAsynq().AddAsynqTypedBenchmarksHandlers();
        _module = (HandlerModule)services.Single(service => service.ServiceType == typeof(HandlerModule)).ImplementationInstance!;
        services.AddSingleton<Pings>();
        _attempt = new Attempt(services.BuildServiceProvider());
    }

    [Benchmark(Baseline = true)]
    public Task? Generated() => _module.TryDispatch(_attempt, out var running, CancellationToken.None) ? running : null;

    [Benchmark]
    public Task DictionaryOfDelegates() => _handlers[_attempt.Type](_attempt, CancellationToken.None);

    private static Task Handle<T>(TaskContext context, CancellationToken cancellationToken)
        where T : IAsynqTask<T>
    {
        var task = context.ReadPayload<T>();
        return ((IHandle<T>)(object)context.Services.GetRequiredService<Pings>()).HandleAsync(task, context, cancellationToken);
    }

    private sealed class Attempt(IServiceProvider services) : TaskContext
    {
        public override string TaskId => "id";

        public override string Type => "bench:ping:3";

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

using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace Asynq.Typed.Benchmarks;

/// <summary>
/// Finding and starting a handler: the generated switch, which always knows all 50 types, against a dictionary of delegates
/// that knows only those in play. The types come in turn, in strings of their own, as from the wire.
/// </summary>
[MemoryDiagnoser]
[MinColumn, MedianColumn]
public class DispatchBenchmarks
{
    internal const int Turns = 50;

    private readonly Dictionary<string, Func<TaskContext, CancellationToken, Task>> _all = new(StringComparer.Ordinal);
    private readonly Attempt[] _attempts = new Attempt[Turns];
    private readonly ServiceCollection _services = new();
    private Dictionary<string, Func<TaskContext, CancellationToken, Task>> _handlers = [];
    private HandlerModule _module = null!;

    /// <summary>How many types are in play.</summary>
    [Params(1, 10, 50)]
    public int Types { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _services.AddAsynq().AddAsynqTypedBenchmarksHandlers();
        _module = (HandlerModule)_services.Single(service => service.ServiceType == typeof(HandlerModule)).ImplementationInstance!;
        AddAll();
        var provider = _services.BuildServiceProvider();
        _handlers = _all.Take(Types).ToDictionary(StringComparer.Ordinal);
        var types = _handlers.Keys.ToArray();
        for (var i = 0; i < Turns; i++)
        {
            _attempts[i] = new Attempt(provider, new string(types[i % types.Length].AsSpan()));
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public Task? Generated()
    {
        Task? last = null;
        foreach (var attempt in _attempts)
        {
            _module.TryDispatch(attempt, out last, CancellationToken.None);
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task? DictionaryOfDelegates()
    {
        Task? last = null;
        foreach (var attempt in _attempts)
        {
            last = _handlers[attempt.Type](attempt, CancellationToken.None);
        }

        return last;
    }

    private void Add<TTask, THandler>()
        where TTask : struct, IAsynqTask<TTask>
        where THandler : Idle<TTask>
    {
        _services.AddSingleton<THandler>();
        _all.Add(Describe<TTask>().Type, static (context, cancellationToken) =>
            context.Services.GetRequiredService<THandler>()
                .HandleAsync(context.ReadPayload<TTask>(), context, cancellationToken));
    }

    private static TaskDescriptor Describe<T>()
        where T : IAsynqTask<T> => T.Descriptor;

    private void AddAll()
    {
        Add<CartCreated, OnCartCreated>();
        Add<EmailCreated, OnEmailCreated>();
        Add<ImageCreated, OnImageCreated>();
        Add<InvoiceCreated, OnInvoiceCreated>();
        Add<OrderCreated, OnOrderCreated>();
        Add<ReportCreated, OnReportCreated>();
        Add<SearchCreated, OnSearchCreated>();
        Add<StockCreated, OnStockCreated>();
        Add<UserCreated, OnUserCreated>();
        Add<VideoCreated, OnVideoCreated>();
        Add<CartDeleted, OnCartDeleted>();
        Add<EmailDeleted, OnEmailDeleted>();
        Add<ImageDeleted, OnImageDeleted>();
        Add<InvoiceDeleted, OnInvoiceDeleted>();
        Add<OrderDeleted, OnOrderDeleted>();
        Add<ReportDeleted, OnReportDeleted>();
        Add<SearchDeleted, OnSearchDeleted>();
        Add<StockDeleted, OnStockDeleted>();
        Add<UserDeleted, OnUserDeleted>();
        Add<VideoDeleted, OnVideoDeleted>();
        Add<CartExpired, OnCartExpired>();
        Add<EmailExpired, OnEmailExpired>();
        Add<ImageExpired, OnImageExpired>();
        Add<InvoiceExpired, OnInvoiceExpired>();
        Add<OrderExpired, OnOrderExpired>();
        Add<ReportExpired, OnReportExpired>();
        Add<SearchExpired, OnSearchExpired>();
        Add<StockExpired, OnStockExpired>();
        Add<UserExpired, OnUserExpired>();
        Add<VideoExpired, OnVideoExpired>();
        Add<CartSynced, OnCartSynced>();
        Add<EmailSynced, OnEmailSynced>();
        Add<ImageSynced, OnImageSynced>();
        Add<InvoiceSynced, OnInvoiceSynced>();
        Add<OrderSynced, OnOrderSynced>();
        Add<ReportSynced, OnReportSynced>();
        Add<SearchSynced, OnSearchSynced>();
        Add<StockSynced, OnStockSynced>();
        Add<UserSynced, OnUserSynced>();
        Add<VideoSynced, OnVideoSynced>();
        Add<CartUpdated, OnCartUpdated>();
        Add<EmailUpdated, OnEmailUpdated>();
        Add<ImageUpdated, OnImageUpdated>();
        Add<InvoiceUpdated, OnInvoiceUpdated>();
        Add<OrderUpdated, OnOrderUpdated>();
        Add<ReportUpdated, OnReportUpdated>();
        Add<SearchUpdated, OnSearchUpdated>();
        Add<StockUpdated, OnStockUpdated>();
        Add<UserUpdated, OnUserUpdated>();
        Add<VideoUpdated, OnVideoUpdated>();
    }

    private sealed class Attempt(IServiceProvider services, string type) : TaskContext
    {
        public override string TaskId => "id";

        public override string Type => type;

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

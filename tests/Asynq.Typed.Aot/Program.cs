using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Asynq.Typed;
using Asynq.Typed.Aot;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// Published with Native AOT, this binds the server's options, enqueues a task, handles it and reads its result. The exit code
// is the assertion.
// With an argument it uses the Redis at that connection string; else it starts a redis-server of its own.
using var time = new CancellationTokenSource(TimeSpan.FromSeconds(30));
using var redis = args.Length == 0 ? LocalRedis.Start() : null;
var connectionString = args.Length == 0 ? $"127.0.0.1:{redis!.Port},abortConnect=false" : args[0];

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// The queue is served, and the tasks in it are handled, only if the options come from here.
builder.Configuration.AddInMemoryCollection(
[
    new("Asynq:Server:Concurrency", "2"),
    new("Asynq:Server:Queues:aot", "1"),
    new("Asynq:Server:ShutdownTimeout", "00:00:05"),
    new("Asynq:Server:UnhandledTasks", "Archive"),
]);
builder.Services.AddAsynq(connectionString)
    .AddServer()
    .AddAsynqTypedAotHandlers();
using var host = builder.Build();
await host.StartAsync(time.Token);

var client = host.Services.GetRequiredService<AsynqClient>();
var toQueue = new EnqueueOptions { Queue = "aot" };
var plain = await client.EnqueueAsync(new Sum([1, 2, 3], Note: null), toQueue, time.Token);
var json = await client.EnqueueAsync(new JsonSum([4, 5]), toQueue, time.Token);

var inspector = host.Services.GetRequiredService<AsynqInspector>();
var bound = host.Services.GetRequiredService<IOptions<AsynqServerOptions>>().Value;
var isRight = await AnswerAsync<Sum>(plain) == new Answer(6, 3)
    && await AnswerAsync<JsonSum>(json) == new Answer(9, 2)
    && bound is { Concurrency: 2, UnhandledTasks: UnhandledTaskPolicy.Archive }
    && bound.ShutdownTimeout == TimeSpan.FromSeconds(5);
await host.StopAsync(time.Token);
Console.WriteLine(
    isRight ? "AOT: bound the options, enqueued, dispatched, read the results." : "AOT: no result, or a wrong one, or wrong options.");
return isRight ? 0 : 1;

async Task<Answer> AnswerAsync<TTask>(TaskInfo task)
    where TTask : IAsynqTask<TTask>, IAsynqResult<TTask, Answer>
{
    while (true)
    {
        if (await inspector.GetTaskAsync(task.Queue, task.Id, time.Token) is { State: TaskState.Completed } completed)
        {
            return completed.ReadResult<TTask, Answer>();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50), time.Token);
    }
}

namespace Asynq.Typed.Aot
{
    [AsynqTask("aot:sum", RetentionSeconds = 60, Result = typeof(Answer))]
    internal sealed partial record Sum(List<int> Numbers, [UniqueKey] string? Note);

    [AsynqTask("aot:json-sum", RetentionSeconds = 60, Format = PayloadFormat.Json, Result = typeof(Answer))]
    internal sealed partial record JsonSum(List<int> Numbers);

    internal sealed record Answer(int Total, int Count);

    internal sealed class SumHandler : IHandle<Sum, Answer>, IHandle<JsonSum, Answer>
    {
        public Task<Answer> HandleAsync(Sum task, TaskContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(task.Numbers.Sum(), task.Numbers.Count));

        public Task<Answer> HandleAsync(JsonSum task, TaskContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(task.Numbers.Sum(), task.Numbers.Count));
    }

    /// <summary>A redis-server on a free port, which ends with this program.</summary>
    internal sealed class LocalRedis : IDisposable
    {
        private readonly Process _process;

        private LocalRedis(Process process, int port)
        {
            _process = process;
            Port = port;
        }

        internal int Port { get; }

        internal static LocalRedis Start()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return new LocalRedis(
                Process.Start(new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\"")
                {
                    RedirectStandardOutput = true,
                })!,
                port);
        }

        public void Dispose()
        {
            _process.Kill();
            _process.Dispose();
        }
    }
}

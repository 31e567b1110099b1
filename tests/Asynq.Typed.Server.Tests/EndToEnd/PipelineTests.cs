using System.Collections.Concurrent;
using System.Diagnostics;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What stands around handlers, and handlers without types.</summary>
public sealed class PipelineTests
{
    private static readonly JobHandling Nothing = static (_, _, _) => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Middleware_runs_in_the_order_of_registration_around_typed_and_untyped_handlers()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var steps = new ConcurrentQueue<string>();
        var mux = new TaskMux().Handle("test:str", (context, _) =>
        {
            steps.Enqueue($"untyped {context.Type}");
            return Task.CompletedTask;
        });
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            (job, _, _) =>
            {
                steps.Enqueue($"typed {job.Text}");
                return Task.CompletedTask;
            },
            static options => options.Concurrency = 1,
            asynq =>
            {
                asynq.Services.AddSingleton(steps);
                asynq.AddHandlers(mux)
                    .UseMiddleware(async (context, next, token) =>
                    {
                        steps.Enqueue("outer in");
                        await next(context, token);
                        steps.Enqueue("outer out");
                    })
                    .UseMiddleware<Inner>();
            });

        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("x"), null, Token));
        await host.GoneAsync(await host.Client.EnqueueAsync(new Stranger("y"), null, Token));

        Assert.Equal(
            [
                "outer in", "inner in", "typed x", "inner out", "outer out",
                "outer in", "inner in", "untyped test:stranger", "inner out", "outer out",
            ],
            steps);
    }

    [Fact]
    [ShowsOption(nameof(AsynqServerOptions.BaseContext))]
    public async Task The_base_context_is_prepared_before_the_handler_and_its_error_fails_the_attempt()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(database, Nothing, static options =>
            options.BaseContext = static (context, _) => context.RetryCount == 0
                ? throw new TaskFailedException("no tenant yet")
                : Task.CompletedTask);

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await host.GoneAsync(task);

        Assert.Equal("1", await database.Database.StringGetAsync("asynq:{default}:failed"));
    }

    [Fact]
    public async Task An_error_handler_can_tell_what_nobody_expected()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var unexpected = new ConcurrentDictionary<string, bool>();
        await using var host = await TestHost.StartAsync(
            database,
            static (job, _, _) => throw (job.Text == "foreseen"
                ? new TaskFailedException("busy")
                : new InvalidOperationException("bug")),
            options => options.ErrorHandler = failure =>
            {
                unexpected[failure.Exception.Message] = failure.IsUnexpected;
                return Task.CompletedTask;
            });

        var foreseen = await host.Client.EnqueueAsync(new Job("foreseen"), new() { MaxRetry = 0 }, Token);
        var bug = await host.Client.EnqueueAsync(new Job("bug"), new() { MaxRetry = 0 }, Token);
        await host.InStateAsync(foreseen, TaskState.Archived);
        await host.InStateAsync(bug, TaskState.Archived);

        Assert.False(unexpected["busy"]);
        Assert.True(unexpected["bug"]);
    }

    [Fact]
    public async Task A_server_of_the_same_queue_that_may_not_know_the_types_is_warned_of_once()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await GoServer.WriteAsync(database, "default");
        await GoServer.WriteAsync(database, "another");
        await using var host = await TestHost.StartAsync(database, Nothing);

        await Eventually.TrueAsync(
            () => host.Log.Lines.Any(line => line.Text.StartsWith("Server go:1 takes tasks", StringComparison.Ordinal)), "warned");

        var line = Assert.Single(
            host.Log.Lines, line => line.Text.StartsWith("Server go:1 takes tasks", StringComparison.Ordinal));
        Assert.Contains("(default)", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_host_signals_stop_and_end_the_server()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, Nothing);
        var running = host.Server.RunAsync(Token);
        await Eventually.TrueAsync(() => host.Server.State == AsynqServerState.Active, "active");

        await SignalAsync("TSTP");
        await Eventually.TrueAsync(() => host.Server.State == AsynqServerState.Stopped, "stopped");
        Assert.False(running.IsCompleted);
        await SignalAsync("TERM");
        await Eventually.ComesAsync(running);

        Assert.Equal(AsynqServerState.Closed, host.Server.State);
    }

    private static async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{Environment.ProcessId}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    private sealed class Inner(ConcurrentQueue<string> steps) : ITaskMiddleware
    {
        public async Task InvokeAsync(TaskContext context, RawHandler inner, CancellationToken cancellationToken)
        {
            steps.Enqueue("inner in");
            await inner(context, cancellationToken);
            steps.Enqueue("inner out");
        }
    }
}

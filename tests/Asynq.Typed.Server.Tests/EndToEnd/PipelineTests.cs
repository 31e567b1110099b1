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

    [Theory, EachBackend]
    public async Task Middleware_runs_in_the_order_of_registration_around_typed_and_untyped_handlers(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
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

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.BaseContext))]
    public async Task The_base_context_is_prepared_before_middleware_and_handler_and_its_error_fails_the_attempt(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var seen = new ConcurrentQueue<string>();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            (_, context, _) =>
            {
                seen.Enqueue($"handler {TenantOf(context)}");
                return Task.CompletedTask;
            },
            static options => options.BaseContext = static async (context, _) =>
            {
                await Task.Yield();
                context.Services.GetRequiredService<AttemptScope>().Tenant = context.RetryCount == 0
                    ? throw new TaskFailedException("no tenant yet")
                    : $"of attempt {context.RetryCount}";
            },
            asynq =>
            {
                asynq.Services.AddSingleton<AttemptScope.Log>().AddScoped<AttemptScope>();
                asynq.UseMiddleware((context, next, token) =>
                {
                    seen.Enqueue($"middleware {TenantOf(context)}");
                    return next(context, token);
                });
            });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await host.GoneAsync(task);

        Assert.Equal(["middleware of attempt 1", "handler of attempt 1"], seen);
        Assert.Equal("1", await database.Database.StringGetAsync("asynq:{default}:failed"));

        static string? TenantOf(TaskContext context) => context.Services.GetRequiredService<AttemptScope>().Tenant;
    }

    [Theory, EachBackend]
    public async Task An_error_handler_can_tell_what_nobody_expected(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var unexpected = new ConcurrentDictionary<string, bool>();
        await using var host = await TestHost.StartAsync(
            database,
            static (job, _, token) => job.Text switch
            {
                "foreseen" => throw new TaskFailedException("busy"),
                "skipped" => throw new SkipRetryException("never"),
                "revoked" => throw new RevokeTaskException("out of date"),
                "cancelled" => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
                "cancels itself" => Task.FromCanceled(new CancellationToken(canceled: true)),
                _ => throw new InvalidOperationException("bug"),
            },
            options =>
            {
                options.Concurrency = 10;
                options.ErrorHandler = failure =>
                {
                    unexpected[failure.Context.TaskId] = failure.IsUnexpected;
                    return Task.CompletedTask;
                };
            });

        foreach (var what in (string[])["foreseen", "skipped", "revoked", "cancelled", "cancels itself", "bug"])
        {
            await host.Client.EnqueueAsync(new Job(what), new() { TaskId = what, MaxRetry = 0 }, Token);
        }

        await host.Client.EnqueueAsync(
            new Job("bug"),
            new() { TaskId = "late", MaxRetry = 0, Deadline = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000) },
            Token);
        await host.Client.EnqueueAsync(new Stranger("x"), new() { TaskId = "unknown" }, Token);
        await host.Client.EnqueueAsync(new Garbled(), new() { TaskId = "unreadable" }, Token);
        await Eventually.TrueAsync(
            async () => await host.Inspector.GetTaskAsync("default", "cancelled", Token) is { State: TaskState.Active }, "it runs");
        await host.Inspector.CancelTaskAsync("default", "cancelled", Token);
        await Eventually.TrueAsync(() => unexpected.Count == 9, "all are reported");

        Assert.Equal(["bug", "cancels itself"], unexpected.Where(static one => one.Value).Select(static one => one.Key).Order());
    }

    [Fact]
    public async Task A_server_of_the_same_queue_that_may_not_know_the_types_is_warned_of()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await GoServer.WriteAsync(database, "default");
        await using var host = await TestHost.StartAsync(database, Nothing);

        await Eventually.TrueAsync(
            () => host.Log.Lines.Any(line => line.Text.StartsWith("Server go:1 takes tasks", StringComparison.Ordinal)), "warned");
    }

    [Fact]
    public async Task Without_a_host_the_token_ends_the_server()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, Nothing);
        using var end = new CancellationTokenSource();
        var running = host.Server.RunAsync(end.Token);
        await Eventually.TrueAsync(
            () => host.Log.Lines.Any(line => line.Text.Contains("started: concurrency", StringComparison.Ordinal)), "it runs");
        Assert.False(running.IsCompleted);

        await end.CancelAsync();
        await Eventually.ComesAsync(running);

        Assert.Equal(AsynqServerState.Closed, host.Server.State);
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

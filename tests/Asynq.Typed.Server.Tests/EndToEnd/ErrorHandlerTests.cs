using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What an error handler may rely on.</summary>
public sealed class ErrorHandlerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_services_of_an_attempt_that_was_given_up_last_as_long_as_the_error_handler_runs()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var (handling, handled) = (new TaskCompletionSource(), new TaskCompletionSource<Exception?>());
        var returned = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            async (_, context, _) =>
            {
                // A handler that ignores its token, and returns while the error handler runs.
                context.Services.GetRequiredService<Scoped>().Returned = returned;
                await handling.Task;
            },
            options => options.ErrorHandler = async failure =>
            {
                handling.SetResult();

                // The scope would be disposed as soon as the handler has returned, were it not for this one.
                await Task.WhenAny(returned.Task, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token));
                handled.SetResult(Record.Exception(() => failure.Context.Services.GetRequiredService<Other>()));
            },
            static asynq => asynq.Services.AddScoped<Scoped>().AddScoped<Other>());

        await host.Client.EnqueueAsync(new Job("x"), new() { Timeout = TimeSpan.FromSeconds(1), MaxRetry = 0 }, Token);

        Assert.Null(await Eventually.ComesAsync(handled.Task));
        await Eventually.ComesAsync(returned.Task);
    }

    [Theory]
    [InlineData("skip", false)]
    [InlineData("revoke", false)]
    [InlineData("failed", false)]
    [InlineData("other", true)]
    public async Task A_failure_is_foreseen_at_any_depth(string failure, bool isUnexpected)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var seen = new TaskCompletionSource<bool>();
        await using var host = await TestHost.StartAsync(
            database,
            (_, _, _) => throw new InvalidOperationException("outer", failure switch
            {
                "skip" => new SkipRetryException("inner"),
                "revoke" => new RevokeTaskException("inner"),
                "failed" => new TaskFailedException("inner"),
                _ => new ArgumentException("inner"),
            }),
            options => options.ErrorHandler = failed =>
            {
                seen.TrySetResult(failed.IsUnexpected);
                return Task.CompletedTask;
            });

        await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);

        Assert.Equal(isUnexpected, await Eventually.ComesAsync(seen.Task));
    }

    private sealed class Scoped : IDisposable
    {
        internal TaskCompletionSource? Returned { get; set; }

        public void Dispose() => Returned?.TrySetResult();
    }

    private sealed class Other;
}

using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>A log that fails is the application's trouble, never the tasks'.</summary>
public sealed class BrokenLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tasks_run_are_retried_and_archived_although_every_line_of_the_log_throws()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        using var log = new BrokenLog();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            static (job, context, _) => job.Text == "fails" || context.RetryCount == 0
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask,
            build: asynq => asynq.Services.AddLogging(logging => logging.AddProvider(log)));

        var succeeds = await host.Client.EnqueueAsync(new Job("succeeds"), null, Token);
        var fails = await host.Client.EnqueueAsync(new Job("fails"), new() { MaxRetry = 1 }, Token);

        await host.GoneAsync(succeeds);
        var archived = await host.InStateAsync(fails, TaskState.Archived);
        Assert.Equal("not yet", archived.LastError);
        Assert.True(log.Calls > 0);
    }
}

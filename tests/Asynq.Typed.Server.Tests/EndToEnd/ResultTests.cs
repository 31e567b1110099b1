using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What a handler returns, as the one who asked reads it.</summary>
public sealed class ResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_result_is_read_from_the_completed_task(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask);

        var asked = await host.Client.EnqueueAsync(new Question("6 * 7"), cancellationToken: Token);
        var job = await host.Client.EnqueueAsync(new Job("silent"), new() { Retention = TimeSpan.FromMinutes(1) }, Token);
        var answered = await host.InStateAsync(asked, TaskState.Completed);
        var silent = await host.InStateAsync(job, TaskState.Completed);

        Assert.Equal(new Answer("6 * 7", 42), answered.ReadResult<Question, Answer>());
        Assert.Equal(
            $"Task {asked.Id} is Pending and has no result: give it a retention, and read it once it is completed.",
            Assert.Throws<InvalidOperationException>(() => asked.ReadResult<Question, Answer>()).Message);
        Assert.Equal(
            $"Task {job.Id} is of type 'test:job', not 'test:question': its result is another.",
            Assert.Throws<InvalidOperationException>(() => silent.ReadResult<Question, Answer>()).Message);
        Assert.Throws<PayloadException>(() => (answered with { Result = new byte[] { 1 } }).ReadResult<Question, Answer>());
    }
}

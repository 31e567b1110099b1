using Xunit;

namespace Asynq.Typed.Package.Tests;

/// <summary>What somebody sees who installs the packages: what is right builds and runs, what is wrong does not build.</summary>
public sealed class ConsumerTests(LocalFeed feed)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handlers_of_a_consumer_run_on_the_embedded_server()
    {
        var consumer = new Consumer(feed);

        var built = await consumer.BuildAsync("Worker", Token);
        Assert.True(built.ExitCode == 0, built.Output);
        Assert.DoesNotContain("warning", built.Output.Replace("0 Warning(s)", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

        var ran = await consumer.RunWorkerAsync(Token);
        Assert.True(ran.ExitCode == 0, ran.Output);
        Assert.Contains("hello from the package", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_without_a_name_and_a_grace_period_below_a_second_do_not_build()
    {
        var consumer = new Consumer(feed);
        consumer.Write(
            "Worker/Wrong.cs",
            """
            using Asynq.Typed;

            namespace Worker;

            internal static class Wrong
            {
                public static void Configure(AsynqServerOptions server)
                {
                    server.Queues = new() { [" "] = 1 };
                    server.GroupGracePeriod = TimeSpan.FromMilliseconds(500);
                }
            }
            """);

        var built = await consumer.BuildAsync("Worker", Token);

        Assert.Equal(1, built.ExitCode);
        Assert.Contains("error ASQ3001", built.Output, StringComparison.Ordinal);
        Assert.Contains("error ASQ3003", built.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contracts_project_has_the_analyzers_too()
    {
        var consumer = new Consumer(feed);
        consumer.Write(
            "Contracts/Wrong.cs",
            """
            using Asynq.Typed;

            namespace Contracts;

            [AsynqTask("wrong", Queue = "")]
            public sealed partial record Wrong(int Number);

            [AsynqTask("whole")]
            public sealed record Whole(int Number);
            """);

        var built = await consumer.BuildAsync("Contracts", Token);

        Assert.Equal(1, built.ExitCode);
        Assert.Contains("error ASQ3001", built.Output, StringComparison.Ordinal);
        Assert.Contains("error ASQ1003", built.Output, StringComparison.Ordinal);
    }
}

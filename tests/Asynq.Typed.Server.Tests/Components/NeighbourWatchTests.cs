using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>What a server says of the others of its queues, on a clock that only the test turns.</summary>
public sealed class NeighbourWatchTests
{
    private static readonly string[] Known =
        ["test:digest", "test:job", "test:note", "test:question", "test:tick", "wire:json", "wire:packed"];

    [Theory, EachBackend]
    public async Task A_server_that_does_not_say_its_types_is_warned_of_once(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await GoServer.WriteAsync(server.Broker, "default", pid: 1);
        await GoServer.WriteAsync(server.Broker, "another", pid: 2);
        server.Runtime.Start();
        await WarnedOfAsync(server, pid: 1);

        await LookAgainAsync(server, TimeSpan.FromMinutes(3));

        var line = Assert.Single(Warnings(server, pid: 1));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("(default)", line.Text, StringComparison.Ordinal);
        Assert.Contains("does not say which types", line.Text, StringComparison.Ordinal);
        Assert.Empty(Warnings(server, pid: 2));
    }

    [Theory, EachBackend]
    public async Task A_server_that_handles_fewer_types_is_warned_of_once_by_those_that_it_lacks(Backend backend)
    {
        await using var server = await OpenAsync(backend);
        await GoServer.WriteAsync(server.Broker, "default", Handling("test:job", "test:d*", "wire:*"), pid: 1);
        await GoServer.WriteAsync(server.Broker, "default", Handling(Known), pid: 2);
        await GoServer.WriteAsync(server.Broker, "default", Handling("*"), pid: 3);
        server.Runtime.Start();
        await WarnedOfAsync(server, pid: 1);

        await LookAgainAsync(server, TimeSpan.FromMinutes(3));

        var line = Assert.Single(Warnings(server, pid: 1));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.EndsWith("does not handle test:note, test:question, test:tick", line.Text, StringComparison.Ordinal);
        Assert.Empty(Warnings(server, pid: 2));
        Assert.Empty(Warnings(server, pid: 3));
    }

    private static ServerDetail Handling(params string[] types) => new() { BuildId = "another", TaskTypes = { types } };

    private static Task<RuntimeFixture> OpenAsync(Backend backend) =>
        RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask, null, backend);

    /// <summary>Lets time go by, and sees that it was used: a server that has come meanwhile is found.</summary>
    private static async Task LookAgainAsync(RuntimeFixture server, TimeSpan time)
    {
        var until = server.Time.GetUtcNow() + time;
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(5), () => server.Time.GetUtcNow() >= until);
        await GoServer.WriteAsync(server.Broker, "default", pid: 9);
        await WarnedOfAsync(server, pid: 9);
    }

    private static Task WarnedOfAsync(RuntimeFixture server, int pid) => Clock.TurnUntilAsync(
        server.Time, TimeSpan.FromSeconds(5), () => Warnings(server, pid).Any());

    private static IEnumerable<LogRecorder.LogLine> Warnings(RuntimeFixture server, int pid) =>
        server.Log.Lines.Where(line => line.Text.StartsWith($"Server go:{pid} takes tasks", StringComparison.Ordinal));
}

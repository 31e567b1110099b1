using System.Diagnostics;
using System.Globalization;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Schedulers in processes of their own.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Of_three_one_is_killed_and_every_tick_is_enqueued_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var nodes = new List<Process>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                nodes.Add(Launch(database.ConnectionString));
            }

            var ids = await Task.WhenAll(nodes.Select(node => node.StandardOutput.ReadLineAsync(Ct).AsTask()));
            Assert.Equal(3, ids.Distinct().Count(id => id is not null));
            await TicksAsync(database, 3);

            // The ticks may all be another's so far: the one that is killed must have been at work too.
            await UntilAsync(async () => await database.Database.SortedSetLengthAsync(Keys.Schedulers) == 3, "The entries");
            nodes[0].Kill();
            await nodes[0].WaitForExitAsync(Ct);
            var untilThen = await TicksAsync(database, 1);
            var killedAt = untilThen[^1];
            Assert.NotEqual(0, nodes[0].ExitCode);
            await TicksAsync(database, untilThen.Count + 4);

            foreach (var node in nodes.Skip(1))
            {
                node.StandardInput.Close();
                await node.WaitForExitAsync(Ct);
                Assert.Equal(0, node.ExitCode);
            }

            var ticks = await TicksAsync(database, 1);
            Assert.Contains(killedAt, ticks);
            Assert.True(ticks[^1] > killedAt);
            Assert.Equal(Enumerable.Range(0, ticks.Count).Select(i => ticks[0].AddSeconds(i)), ticks);

            // Those that were stopped took their entries with them; that of the killed one is left to expire.
            var left = await database.Database.SortedSetRangeByRankAsync(Keys.Schedulers);
            Assert.Equal([Keys.SchedulerEntries(ids[0]!)], left.Select(key => key.ToString()));
            Assert.NotNull(await database.Database.KeyTimeToLiveAsync(Keys.SchedulerEntries(ids[0]!)));
        }
        finally
        {
            foreach (var node in nodes)
            {
                node.Kill();
                node.Dispose();
            }
        }
    }

    private static Process Launch(string connectionString)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Asynq.Typed.Scheduling.Node"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(connectionString);
        return Process.Start(start)!;
    }

    /// <summary>Waits for so many ticks, then gives the times of all in their order.</summary>
    private static async Task<IReadOnlyList<DateTimeOffset>> TicksAsync(TestDatabase database, int atLeast)
    {
        var keys = Keys.Of("default");
        await UntilAsync(async () => await database.Database.ListLengthAsync(keys.Pending) >= atLeast, "The ticks");
        var ids = await database.Database.ListRangeAsync(keys.Pending);
        var messages = await Task.WhenAll(ids.Select(id => database.Database.HashGetAsync(keys.Task(id!), "msg")));
        return
        [
            .. messages.Select(message => TaskMessage.Parser.ParseFrom((byte[])message!).Headers[ScheduledTime.Header])
                .Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)).Order(),
        ];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{what} did not come.");
            await Task.Delay(50, Ct);
        }
    }
}

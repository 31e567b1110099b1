using System.Net.Sockets;
using System.Text;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>What a server that has nothing to do asks of Redis, all loops and the connection's own included.</summary>
internal sealed class IdleCallsRow : Row
{
    private const double Most = 4;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    internal override string Name => "idle";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        await using var worker = Worker.Create(bench, 10, "critical", "default", "low");
        await worker.StartAsync();
        await Task.Delay(Settle);
        bench.Tell($"listens for {Window.TotalSeconds:0} s");
        var calls = await ListenAsync(bench.Port);
        var rate = calls.Values.Sum() / Window.TotalSeconds;
        return
        [
            new Measurement(Name, "calls of an idle server, 3 queues", "a second", rate, $"≤ {Most}", rate <= Most)
            {
                Detail = string.Join(", ", calls.OrderByDescending(call => call.Value).Select(call => $"{call.Key} {call.Value}"))
                    + $" in {Window.TotalSeconds:0} s",
            },
        ];
    }

    /// <summary>
    /// Counts commands as Redis hears them from clients; those that scripts run are marked by it. (INFO's figures mix both.)
    /// </summary>
    private static async Task<Dictionary<string, int>> ListenAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("MONITOR\r\n"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var end = new CancellationTokenSource(Window);
        var calls = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        try
        {
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                if (line.StartsWith("+1", StringComparison.Ordinal) && !line.Contains(" lua] ", StringComparison.Ordinal))
                {
                    var command = line.Split('"')[1].ToUpperInvariant();
                    calls[command] = calls.GetValueOrDefault(command) + 1;
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }

        return calls;
    }
}

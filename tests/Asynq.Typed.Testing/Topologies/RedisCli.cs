using System.Diagnostics;
using System.Globalization;

namespace Asynq.Typed.Testing.Topologies;

/// <summary>
/// One command to one server by redis-cli: it goes where it is sent, whatever a client library thinks of the topology.
/// </summary>
public static class RedisCli
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Sends a command to the server on a loopback port; the answer is without its last line end.</summary>
    public static async Task<string> RunAsync(int port, params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] where = ["-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)];
        foreach (var argument in where.Concat(command))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (answer + await errors).TrimEnd();
    }

    /// <summary>Sends a command that must be answered with OK.</summary>
    public static async Task DoAsync(int port, params string[] command)
    {
        var answer = await RunAsync(port, command);
        if (answer != "OK")
        {
            throw new InvalidOperationException($"Redis on port {port} answered '{string.Join(' ', command)}' with: {answer}");
        }
    }

    /// <summary>Stops the process of the server on a port where it stands; its connections stay.</summary>
    public static async Task FreezeAsync(int port)
    {
        const string Field = "process_id:";
        var info = await RunAsync(port, "INFO", "server");
        var line = info.Split('\n').First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        var pid = int.Parse(line[Field.Length..], CultureInfo.InvariantCulture);
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -STOP {pid}")]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"Process {pid} could not be stopped.");
        }
    }

    /// <summary>Sends a command again and again until its answer is as expected.</summary>
    public static async Task<string> UntilAsync(int port, Func<string, bool> isExpected, params string[] command)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var answer = await RunAsync(port, command);
            if (isExpected(answer))
            {
                return answer;
            }

            if (started.Elapsed > Patience)
            {
                throw new TimeoutException(
                    $"Redis on port {port} kept answering '{string.Join(' ', command)}' with: {answer}");
            }

            await Task.Delay(Interval);
        }
    }
}

using Microsoft.Extensions.Hosting;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>Runs a host as a process that somebody starts again where it cannot start.</summary>
internal static class NodeHost
{
    /// <summary>The exit code of one that could not, as Redis was away: that is no crash.</summary>
    public const int Unavailable = 75;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IHost host)
    {
        var ending = false;
        using var registration = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, _ => Volatile.Write(ref ending, true));
        try
        {
            await host.RunAsync();
            return 0;
        }
        catch (OperationCanceledException) when (Volatile.Read(ref ending))
        {
            // Told to end before it had started.
            return 0;
        }
        catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
        {
            Console.WriteLine(exception.Message);
            return Unavailable;
        }
    }
}

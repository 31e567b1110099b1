using System.Runtime.InteropServices;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>The embedded server in a process of its own, on disk, so that it can be killed and started again.</summary>
internal static class EmbeddedNode
{
    public static async Task RunAsync(NodeSettings settings)
    {
        await using var server = await EmbeddedServer.StartAsync(
            new EmbeddedServerOptions { Port = settings.Port, DataDirectory = settings.DataDirectory });
        Console.WriteLine(Ready);
        var end = new TaskCompletionSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.TrySetResult();
        });
        await end.Task;
    }

    /// <summary>What it says when it accepts connections.</summary>
    public const string Ready = "Ready to accept connections";
}

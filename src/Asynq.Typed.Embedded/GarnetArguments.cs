using System.Globalization;

namespace Asynq.Typed.Embedded;

/// <summary>The command line that Garnet is started with.</summary>
internal static class GarnetArguments
{
    public static string[] For(int port, string? directory)
    {
        string[] common =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1",
            // The broker is scripts, each of which must be isolated from the others of its queue.
            "--lua", "--lua-transaction-mode",
            "-q", "--disable-console-logger",
            // The index doubles as needed; its default of 128 MiB is meant for a machine of its own.
            "--index", "16m",
        ];
        return directory is null ? [.. common, .. InMemory] : [.. common, .. Durable(directory)];
    }

    // Beyond its memory limit Garnet drops the oldest records, as a cache does. A task must never be dropped, so the
    // limit is out of reach: where memory ends, the process says so.
    private static readonly string[] InMemory = ["--memory", "1024g"];

    private static string[] Durable(string directory) =>
    [
        "--logdir", directory,
        "--checkpointdir", directory,
        // What does not fit into memory goes to disk in place of being dropped.
        "--storage-tier",
        // The default device on Linux needs libaio, which few machines have; without it the process would be aborted.
        "--device-type", "RandomAccess",
        // Commits are made by DurableGarnet only: by itself Garnet commits in the middle of scripts.
        "--aof", "--aof-commit-freq", "-1", "--aof-segment-size", "64m",
        "--recover", "--fail-on-recovery-error",
    ];
}

using System.Runtime.InteropServices;

namespace Asynq.Typed.Torture.Processes;

/// <summary>Signals of Linux, by number.</summary>
internal enum Signal
{
    Kill = 9,
    Term = 15,
    Continue = 18,
    Stop = 19,
}

internal static class Signals
{
    /// <summary>Sends a signal. Whether there was such a process.</summary>
    public static bool Send(int processId, Signal signal) => Kill(processId, (int)signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}

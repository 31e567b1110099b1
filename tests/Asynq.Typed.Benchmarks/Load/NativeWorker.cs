using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Publishes the worker that is compiled ahead of time.</summary>
internal static class NativeWorker
{
    private const string Project = "Asynq.Typed.Benchmarks.Native";
    private const int LinesKept = 15;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <returns>The program.</returns>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    internal static async Task<string> PublishAsync(Bench bench)
    {
        var root = Root();
        var output = Path.Combine(root, "artifacts", "benchmarks", "native");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = root };
        string[] arguments =
        [
            "publish", Path.Combine("tests", Project), "-c", "Release", "-o", output, "-p:NuGetAudit=false", "-p:DebugType=none", "--nologo",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        bench.Tell("is published with Native AOT; that takes a minute or more");
        var began = Stopwatch.StartNew();
        using var publish = Process.Start(start)!;
        var reading = publish.StandardOutput.ReadToEndAsync();
        while (await Task.WhenAny(reading, Task.Delay(Beat)) != reading)
        {
            bench.Tell($"is published, {began.Elapsed.TotalSeconds:0} s so far");
        }

        var log = await reading;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? Path.Combine(output, Project)
            : throw new InvalidOperationException(
                $"{Project} could not be published: {string.Join(' ', log.Split('\n').TakeLast(LinesKept))}");
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Asynq.Typed.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The row 'native' publishes a project of the repository: run it from inside its directory.");
    }
}

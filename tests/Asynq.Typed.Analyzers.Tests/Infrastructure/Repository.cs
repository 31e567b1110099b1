namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>Finds files of the repository that the tests run in.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Read(params ReadOnlySpan<string> path) => File.ReadAllText(PathOf(path));

    internal static string PathOf(params ReadOnlySpan<string> path) => Path.Combine([Root, .. path]);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Asynq.Typed.sln")))
        {
            directory = Path.GetDirectoryName(directory)
                ?? throw new InvalidOperationException($"No Asynq.Typed.sln above {AppContext.BaseDirectory}.");
        }

        return directory;
    }
}

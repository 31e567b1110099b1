using System.Runtime.CompilerServices;

namespace Asynq.Typed.Architecture.Tests;

/// <summary>The checked-out repository that these tests look at.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>Files below a folder, without what a build put there, as paths from the root with forward slashes.</summary>
    internal static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    internal static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Asynq.Typed.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException(
                $"No Asynq.Typed.sln above '{thisFile}': run these tests from a checkout, not from a copied binary.");
        }

        return folder.FullName;
    }
}

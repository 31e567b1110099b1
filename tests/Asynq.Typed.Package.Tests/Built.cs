using System.Reflection;
using System.Xml.Linq;

namespace Asynq.Typed.Package.Tests;

/// <summary>What is known from the build of this project.</summary>
internal static class Built
{
    /// <summary>The repository's folder.</summary>
    internal static string Repository { get; } = Metadata("Repository");

    internal static string Configuration { get; } = Metadata("Configuration");

    /// <summary>The packages of this machine, which consumers need not fetch again.</summary>
    internal static string Packages { get; } = Metadata("Packages");

    internal static string Project(string name) => Path.Combine(Repository, "src", name, name + ".csproj");

    /// <summary>The version that this repository uses of a package.</summary>
    internal static string VersionOf(string package) =>
        XDocument.Load(Path.Combine(Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")?.Value == package).Attribute("Version")!.Value;

    private static string Metadata(string key) =>
        typeof(Built).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}

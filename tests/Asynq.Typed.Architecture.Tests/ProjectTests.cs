using System.Xml.Linq;
using Xunit;

namespace Asynq.Typed.Architecture.Tests;

/// <summary>Which project may reference which, and what stands at the top.</summary>
public sealed class ProjectTests
{
    private static readonly string[] TopLevel =
    [
        "src", "generators", "analyzers", "tests", "samples", "Asynq.Typed.sln", "README.md", "LICENSE", "global.json",
        "Directory.Build.props", "Directory.Packages.props",
    ];

    /// <summary>Project that ships → the projects that it may reference as code.</summary>
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Asynq.Typed.Abstractions"] = [],
        ["Asynq.Typed"] = ["Asynq.Typed.Abstractions"],
        ["Asynq.Typed.Embedded"] = ["Asynq.Typed"],
        ["Asynq.Typed.Generators"] = [],
        ["Asynq.Typed.Analyzers"] = [],
        ["Asynq.Typed.CodeFixes"] = ["Asynq.Typed.Analyzers"],
    };

    [Fact]
    public void The_top_level_is_fixed()
    {
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.') && name is not ("artifacts" or "TestResults"));

        Assert.Equal(TopLevel.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_ships_references_only_what_is_below_it()
    {
        var shipped = Repository.Files("src", "*.csproj")
            .Concat(Repository.Files("generators", "*.csproj"))
            .Concat(Repository.Files("analyzers", "*.csproj"))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), References);

        Assert.Equal(Below.Keys.Order(StringComparer.Ordinal), shipped.Keys.Order(StringComparer.Ordinal));
        Assert.All(shipped, pair => Assert.Empty(pair.Value.Except(Below[pair.Key])));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Asynq.Typed.sln").Replace('\\', '/');
        var projects = Repository.Files("", "*.csproj").ToList();

        Assert.NotEmpty(projects);
        Assert.All(projects, path => Assert.Contains(path, solution, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("samples", "Directory.Build.props", null)]
    [InlineData("tests", "Directory.Build.targets", "'$(MSBuildProjectName)' != 'Asynq.Typed.Analyzers.Tests'")]
    public void Every_sample_and_test_is_analysed(string folder, string file, string? condition)
    {
        var reference = Assert.Single(
            XDocument.Parse(Repository.Read($"{folder}/{file}")).Descendants("ProjectReference"),
            candidate => candidate.Attribute("Include")!.Value.EndsWith("/Asynq.Typed.Analyzers.csproj", StringComparison.Ordinal));

        Assert.Equal("Analyzer", reference.Attribute("OutputItemType")?.Value);
        Assert.Null(reference.Attribute("Condition"));
        Assert.Equal(condition, reference.Parent!.Attribute("Condition")?.Value);
        Assert.All(Repository.Files(folder, "Directory.Build.*"), path => Assert.Equal(2, path.Split('/').Length));
        Assert.All(Repository.Files(folder, "*.csproj").Concat(Repository.Files(folder, "Directory.Build.*")), path =>
            Assert.DoesNotMatch("RunAnalyzers|ImportDirectoryBuild|(ProjectReference|Analyzer) Remove|NoWarn.*ASQ", Repository.Read(path)));
    }

    [Fact]
    public void Package_versions_are_exact()
    {
        var versions = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Version")!.Value).ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Matches(@"^(\d+\.\d+\.\d+|\[\d+\.\d+\.\d+\])$", version));
    }

    private static IEnumerable<string> References(string path) =>
        XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}

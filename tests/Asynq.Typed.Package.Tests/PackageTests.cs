using System.Xml.Linq;
using Xunit;

namespace Asynq.Typed.Package.Tests;

/// <summary>What is in the packages.</summary>
public sealed class PackageTests(LocalFeed feed)
{
    private static readonly string[] RoslynParts =
        ["Asynq.Typed.Analyzers.dll", "Asynq.Typed.CodeFixes.dll", "Asynq.Typed.Generators.dll"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Packages => [.. LocalFeed.Names];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Each_says_what_it_is_and_holds_its_documentation_and_symbols(string name)
    {
        using var package = feed.Open(name);
        using var symbols = feed.Open(name, "snupkg");
        var metadata = await feed.DescribeAsync(name);

        Assert.NotEmpty(metadata.Element("description")!.Value);
        Assert.Equal("MIT", metadata.Element("license")!.Value);
        Assert.Equal("README.md", metadata.Element("readme")!.Value);
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.xml"));
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{name}.pdb"));
    }

    /// <summary>In two packages they would run twice.</summary>
    [Fact]
    public void The_generator_the_analyzers_and_the_fixes_are_in_one_package()
    {
        Assert.Equal(RoslynParts, PartsIn("Asynq.Typed.Abstractions"));
        Assert.Empty(PartsIn("Asynq.Typed"));
        Assert.Empty(PartsIn("Asynq.Typed.Embedded"));
    }

    [Theory]
    [InlineData("Asynq.Typed", "Asynq.Typed.Abstractions")]
    [InlineData("Asynq.Typed.Embedded", "Asynq.Typed")]
    public async Task They_reach_whoever_installs_a_package_above(string above, string below)
    {
        var dependency = Assert.Single(
            (await feed.DescribeAsync(above)).Descendants("dependency"), dependency => dependency.Attribute("id")?.Value == below);

        Assert.Equal(feed.Version, dependency.Attribute("version")!.Value);
        Assert.DoesNotContain("Analyzers", dependency.Attribute("exclude")?.Value ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packing_fails_and_says_so_where_a_part_is_missing()
    {
        const string missing = "Asynq.Typed.Absent.dll";
        var targets = Path.Combine(feed.Root, "absent.targets");
        await File.WriteAllTextAsync(
            targets,
            new XElement("Project", new XElement("ItemGroup", new XElement(
                "RoslynPart", new XAttribute("Include", Path.Combine(feed.Root, missing))))).ToString(),
            Token);

        var packed = await feed.PackAsync(
            "Asynq.Typed.Abstractions", [$"-p:CustomAfterMicrosoftCommonTargets={targets}", "-p:PackageVersion=0.0.0-absent"], Token);

        Assert.NotEqual(0, packed.ExitCode);
        Assert.Contains($"{missing} is not to be found at", packed.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(feed.Folder, "*0.0.0-absent*"));
    }

    private List<string> PartsIn(string name)
    {
        using var package = feed.Open(name);
        return
        [
            .. package.Entries
                .Where(entry => entry.FullName.StartsWith("analyzers/dotnet/cs/", StringComparison.Ordinal))
                .Select(entry => entry.Name)
                .Order(StringComparer.Ordinal),
        ];
    }
}

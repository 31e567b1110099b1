using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

[assembly: AssemblyFixture(typeof(Asynq.Typed.Package.Tests.LocalFeed))]

namespace Asynq.Typed.Package.Tests;

/// <summary>The packages of this repository in a folder, under a version that no cache can know.</summary>
public sealed class LocalFeed : IAsyncLifetime
{
    internal static readonly string[] Names = ["Asynq.Typed.Abstractions", "Asynq.Typed", "Asynq.Typed.Embedded"];

    /// <summary>Everything that these tests write.</summary>
    internal string Root { get; } = Directory.CreateTempSubdirectory("asynq-package-").FullName;

    /// <summary>Where the packages are.</summary>
    internal string Folder => Path.Combine(Root, "feed");

    internal string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        foreach (var name in Names)
        {
            var packed = await PackAsync(name, [], TestContext.Current.CancellationToken);
            Assert.True(packed.ExitCode == 0, packed.Output);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Packs what was built.</summary>
    internal Task<Outcome> PackAsync(string name, IEnumerable<string> further, CancellationToken cancellationToken) =>
        Dotnet.RunAsync(
            Root,
            [
                "pack", Built.Project(name), "--no-build", "--configuration", Built.Configuration, "--output", Folder,
                $"-p:PackageVersion={Version}", .. further,
            ],
            cancellationToken);

    internal ZipArchive Open(string name, string extension = "nupkg") =>
        ZipFile.OpenRead(Path.Combine(Folder, $"{name}.{Version}.{extension}"));

    /// <summary>The element <c>metadata</c> of a package, without namespaces.</summary>
    internal async Task<XElement> DescribeAsync(string name)
    {
        using var package = Open(name);
        await using var nuspec = await package.GetEntry($"{name}.nuspec")!.OpenAsync();
        var metadata = (await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None)).Root!.Elements().Single();
        foreach (var element in metadata.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
        }

        return metadata;
    }
}

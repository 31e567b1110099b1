namespace Asynq.Typed.Package.Tests;

/// <summary>
/// A user's solution: contracts that know <c>Asynq.Typed.Abstractions</c> only, and a worker that installs
/// <c>Asynq.Typed.Embedded</c>. It stands outside the repository and takes nothing of it but the packages.
/// </summary>
internal sealed class Consumer
{
    private readonly LocalFeed _feed;

    internal Consumer(LocalFeed feed)
    {
        _feed = feed;
        Folder = Directory.CreateDirectory(Path.Combine(feed.Root, Guid.NewGuid().ToString("N"))).FullName;
        Write("Directory.Build.props", Properties());
        Write("Contracts/Contracts.csproj", Contracts());
        Write("Contracts/Greeting.cs", Greeting);
        Write("Worker/Worker.csproj", Worker());
        Write("Worker/Program.cs", Program);
    }

    internal string Folder { get; }

    internal void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(Folder, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    internal Task<Outcome> BuildAsync(string project, CancellationToken cancellationToken) =>
        Dotnet.RunAsync(Folder, ["build", project, "--nologo"], cancellationToken);

    internal Task<Outcome> RunWorkerAsync(CancellationToken cancellationToken) =>
        Dotnet.RunAsync(Folder, ["Worker/bin/Debug/net10.0/Worker.dll"], cancellationToken);

    /// <remarks>
    /// What the machine has already is used from where it is; the packages under test go to a folder of their own, so that no
    /// cache keeps them. The sources are the machine's, and the local feed.
    /// </remarks>
    private string Properties() =>
        $"""
        <Project>
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NuGetAudit>false</NuGetAudit>
            <NoWarn>$(NoWarn);NU1603</NoWarn> <!-- a feed's substitute of a transitive version says nothing about the packages -->
            <RestorePackagesPath>{Path.Combine(_feed.Root, "packages")}</RestorePackagesPath>
            <RestoreFallbackFolders>{Built.Packages}</RestoreFallbackFolders>
            <RestoreAdditionalProjectSources>{_feed.Folder}</RestoreAdditionalProjectSources>
          </PropertyGroup>
          <!-- As src/README.md tells those whose feed does not have it. -->
          <ItemGroup>
            <PrunePackageReference Include="MessagePackAnalyzer" Version="99.0.0" />
          </ItemGroup>
        </Project>
        """;

    private string Contracts() =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <ItemGroup>
            <PackageReference Include="Asynq.Typed.Abstractions" Version="{_feed.Version}" />
          </ItemGroup>
        </Project>
        """;

    private const string Greeting =
        """
        using Asynq.Typed;

        namespace Contracts;

        [AsynqTask("greeting")]
        public sealed partial record Greeting(string Name);
        """;

    private string Worker() =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Asynq.Typed.Embedded" Version="{_feed.Version}" />
            <PackageReference Include="Microsoft.Extensions.Hosting" Version="{Built.VersionOf("Microsoft.Extensions.Hosting")}" />
            <ProjectReference Include="../Contracts/Contracts.csproj" />
          </ItemGroup>
        </Project>
        """;

    private const string Program =
        """
        using Asynq.Typed;
        using Contracts;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;
        using Worker;

        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<Ear>();
        builder.Services.AddAsynq().UseEmbedded().AddServer().AddWorkerHandlers();
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<AsynqClient>().EnqueueAsync(new Greeting("from the package"));
        Console.WriteLine(await host.Services.GetRequiredService<Ear>().Heard.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await host.StopAsync();

        namespace Worker
        {
            internal sealed class Ear
            {
                public TaskCompletionSource<string> Heard { get; } = new();
            }

            internal sealed class GreetingHandler(Ear ear) : IHandle<Greeting>
            {
                public Task HandleAsync(Greeting task, TaskContext context, CancellationToken cancellationToken)
                {
                    ear.Heard.TrySetResult($"hello {task.Name}");
                    return Task.CompletedTask;
                }
            }
        }
        """;
}

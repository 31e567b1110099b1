using Asynq.Typed.Benchmarks.Load;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["load", .. var options]:
        return await LoadCommand.RunAsync(options);
    case ["micro", .. var options]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(options, DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")));
        return 0;
    default:
        Console.Error.WriteLine("""
            load   throughput and latency against a Redis of its own (load --help)
            micro  BenchmarkDotNet (micro --filter '*')
            """);
        return 2;
}

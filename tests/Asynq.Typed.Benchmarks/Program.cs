using Asynq.Typed.Benchmarks;
using Asynq.Typed.Benchmarks.Load;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["load", .. var options]:
        return await LoadCommand.RunAsync(options);
    case ["worker", var connectionString]:
        // Started by the row 'memory'.
        return await IdleWorker.RunAsync(connectionString);
    case ["micro", .. var options]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(options, DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")));
        return 0;
    case ["pairs"]:
        return Pairs.Run();
    default:
        Console.Error.WriteLine("""
            load   throughput and latency against a Redis of its own (load --help)
            micro  BenchmarkDotNet (micro --filter '*')
            pairs  generated code against its rivals, in turn: for a busy machine
            """);
        return 2;
}

using Asynq.Typed.Torture.Topologies;
using Asynq.Typed.Torture.Verdicts;

namespace Asynq.Typed.Torture;

/// <summary>The runs that the command line asks for, one topology after the other.</summary>
internal static class TortureProgram
{
    private const int MostFindings = 40;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            interrupted.Cancel();
        };
        var outcomes = new List<Outcome>();
        foreach (var topology in arguments.Topologies)
        {
            outcomes.Add(await RunAsync(arguments, topology, interrupted.Token));
            if (interrupted.IsCancellationRequested)
            {
                break;
            }
        }

        Console.WriteLine();
        foreach (var line in Table.Lines(outcomes))
        {
            Console.WriteLine(line);
        }

        if (arguments.Markdown)
        {
            Console.WriteLine();
            foreach (var line in Table.Markdown(outcomes))
            {
                Console.WriteLine(line);
            }
        }

        return outcomes.All(outcome => outcome.Passed) ? 0 : 1;
    }

    private static async Task<Outcome> RunAsync(Arguments arguments, string name, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory($"asynq-torture-{name}-{arguments.Seed}-").FullName;
        Console.WriteLine($"{name}: seed {arguments.Seed}, {arguments.Minutes} minutes, evidence in {folder}");
        Outcome outcome;
        await using (var topology = Make(name, folder))
        {
            try
            {
                await topology.StartAsync();
                outcome = await new TortureRun(arguments, topology, folder).RunAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                // The other topologies have their turn all the same; this one has failed.
                outcome = Outcome.BrokenOff(name, arguments.Seed, arguments.Minutes, exception);
            }
        }

        await File.WriteAllLinesAsync(
            Path.Combine(folder, "verdict.txt"),
            [.. Table.Lines([outcome]), .. outcome.Findings.Select(finding => $"{finding.Fact}: {finding.What}")],
            CancellationToken.None);
        foreach (var finding in outcome.Findings.OrderByDescending(finding => finding.FailsTheRun).Take(MostFindings))
        {
            Console.WriteLine($"  {finding.Fact}: {finding.What}");
        }

        if (outcome.Passed && !arguments.Keep)
        {
            Directory.Delete(folder, recursive: true);
            Console.WriteLine($"{name}: passed");
        }
        else
        {
            Console.WriteLine($"{name}: {(outcome.Passed ? "passed" : "FAILED")}, seed {arguments.Seed}, evidence in {folder}");
        }

        return outcome;
    }

    private static Topology Make(string name, string folder) => name switch
    {
        "single" => new SingleTopology(folder),
        "sentinel" => new SentinelTopology(folder),
        "cluster" => new ClusterTopology(folder),
        "embedded" => new EmbeddedTopology(folder),
        _ => throw new ArgumentException($"'{name}' is no topology."),
    };
}

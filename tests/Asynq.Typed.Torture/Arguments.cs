using System.Globalization;
using Asynq.Typed.Torture.Faults;

namespace Asynq.Typed.Torture;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments
{
    public static readonly string[] AllTopologies = ["single", "sentinel", "cluster", "embedded"];

    private const string NoFaults = "none";

    public const string Usage = """
        Usage: dotnet run -c Release --project tests/Asynq.Typed.Torture -- [options]

          --minutes N          how long faults are made, per topology; a fraction is allowed (default 5)
          --seed N             the same seed breaks the same things in the same order (default: a random one, printed)
          --topology A,B,...   of single, sentinel, cluster, embedded; or all (default all)
          --quick              short leases and intervals, and pauses scaled to them
          --faults A,B,...     only these faults (default: all that the topology can have; 'none' for none)
          --without A,B,...    all faults but these
          --keep               keep the evidence of a run that passed, too
          --markdown           end with the table as Markdown
        """;

    public double Minutes { get; private init; } = 5;

    public int Seed { get; private init; } = Random.Shared.Next(1, 1_000_000);

    public IReadOnlyList<string> Topologies { get; private init; } = AllTopologies;

    public bool Quick { get; private init; }

    /// <summary>Names of faults; <c>null</c> for all.</summary>
    public IReadOnlyList<string>? Faults { get; private init; }

    /// <summary>Names of faults that are left out.</summary>
    public IReadOnlyList<string> Without { get; private init; } = [];

    public bool Keep { get; private init; }

    public bool Markdown { get; private init; }

    /// <exception cref="ArgumentException">It cannot be read; the message says why.</exception>
    public static Arguments Parse(string[] args)
    {
        var result = new Arguments();
        for (var at = 0; at < args.Length; at++)
        {
            result = args[at] switch
            {
                "--quick" => result with { Quick = true },
                "--keep" => result with { Keep = true },
                "--markdown" => result with { Markdown = true },
                "--minutes" => result with { Minutes = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--seed" => result with { Seed = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--topology" => result with { Topologies = TopologiesOf(Value()) },
                "--without" => result with { Without = FaultsOf(Value()) },
                "--faults" => result with { Faults = Value() is var names && names == NoFaults ? [] : FaultsOf(names) },
                _ => throw new ArgumentException($"'{args[at]}' is not an option."),
            };

            string Value() => ++at < args.Length
                ? args[at]
                : throw new ArgumentException($"{args[^1]} needs a value.");
        }

        return result;
    }

    private static string[] FaultsOf(string names)
    {
        string[] all = [.. FaultSchedule.All().Select(fault => fault.Name)];
        return Array.ConvertAll(
            names.Split(','),
            name => all.Contains(name) ? name : throw new ArgumentException($"'{name}' is no fault: {string.Join(", ", all)}."));
    }

    private static string[] TopologiesOf(string names) => names == "all" ? AllTopologies : Array.ConvertAll(
        names.Split(','),
        name => AllTopologies.Contains(name)
            ? name
            : throw new ArgumentException($"'{name}' is no topology: {string.Join(", ", AllTopologies)} or all."));
}

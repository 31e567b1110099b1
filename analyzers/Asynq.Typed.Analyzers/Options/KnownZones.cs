using Asynq.Typed.Scheduling;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// The time zones of the machine that the build runs on. It may have none, or only those of Windows: an id is taken for
/// unknown only where another of its kind is known.
/// </summary>
internal static class KnownZones
{
    private static readonly Lazy<bool> HasIana = new(() => CronZone.Find("Europe/Berlin") is not null);

    private static readonly Lazy<bool> HasWindows = new(() => IsOfSystem("W. Europe Standard Time"));

    /// <summary>Whether a spec that names the zone would be refused.</summary>
    internal static bool Lacks(string id) => CronZone.IsRefused(id) || (HasIana.Value && CronZone.Find(id) is null);

    /// <summary>Whether the framework finds no zone of that id, which may be one of Windows.</summary>
    internal static bool LacksOfSystem(string id) => (IsOfWindows(id) ? HasWindows : HasIana).Value && !IsOfSystem(id);

    private static bool IsOfWindows(string id) => id.Contains(" ") || id.StartsWith("UTC", StringComparison.OrdinalIgnoreCase);

    private static bool IsOfSystem(string id) => CronZone.FindInSystem(id) is not null;
}

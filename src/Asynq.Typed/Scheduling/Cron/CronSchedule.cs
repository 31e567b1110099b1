#nullable enable

namespace Asynq.Typed.Scheduling;

/// <summary>A cron spec with the zone whose clock it is read by.</summary>
internal sealed class CronSchedule
{
    private readonly CronSpec _spec;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(CronSpec spec, TimeZoneInfo zone)
    {
        _spec = spec;
        _zone = zone;
    }

    /// <summary>The time between two activations of <c>@every</c>; zero for a spec of fields.</summary>
    internal TimeSpan Interval => _spec.Interval;

    /// <summary>Reads a spec.</summary>
    /// <param name="text">The spec.</param>
    /// <param name="zone">The zone of a spec that names none.</param>
    /// <param name="fault">Why the text is no spec, naming the field; <c>null</c> where it is one.</param>
    internal static CronSchedule? Read(string text, TimeZoneInfo zone, out string? fault)
    {
        var spec = CronSpec.Read(text, out fault);
        if (spec == null)
        {
            return null;
        }

        var own = spec.Zone == null ? zone : CronZone.Find(spec.Zone);
        if (own == null)
        {
            fault = "the time zone '" + spec.Zone + "' is unknown here: write an id of the IANA database, such as Europe/Berlin";
            return null;
        }

        return new CronSchedule(spec, own);
    }

    /// <summary>The first activation after an instant, in UTC; <c>null</c> where there is none within five years.</summary>
    internal DateTimeOffset? Next(DateTimeOffset after) => _spec.Next(after, _zone);
}

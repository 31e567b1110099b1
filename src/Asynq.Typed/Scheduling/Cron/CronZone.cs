#nullable enable

using System.Security;

namespace Asynq.Typed.Scheduling;

/// <summary>Time zones by the ids that asynq knows: those of the IANA database, as they are spelled there.</summary>
internal static class CronZone
{
    /// <summary>The zone of that id; <c>null</c> where there is none.</summary>
    internal static TimeZoneInfo? Find(string id)
    {
        if (id == "UTC")
        {
            return TimeZoneInfo.Utc;
        }

        // Forms that .NET would take, as a path or as a Windows id, and asynq does not.
        if (id.Length == 0 || id[0] is '/' or '\\' || id.Contains("..")
            || id.StartsWith("UTC", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            // .NET may find an id that differs in case, depending on what was looked up before.
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            return zone.Id == id ? zone : null;
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException
            or SecurityException or UnauthorizedAccessException or IOException or ArgumentException)
        {
            return null;
        }
    }
}

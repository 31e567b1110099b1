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

        // .NET may find an id that differs in case, depending on what was looked up before.
        return !IsRefused(id) && FindInSystem(id) is { } zone && zone.Id == id ? zone : null;
    }

    /// <summary>Whether an id is of a form that .NET would take, as a path or as a Windows id, and asynq does not.</summary>
    internal static bool IsRefused(string id) =>
        id.Length == 0 || id[0] is '/' or '\\' || id.Contains("..")
        || (id != "UTC" && id.StartsWith("UTC", StringComparison.Ordinal));

    /// <summary>The zone that .NET finds by an id of any form; <c>null</c> where there is none.</summary>
    internal static TimeZoneInfo? FindInSystem(string id)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(id);
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException
            or SecurityException or UnauthorizedAccessException or IOException or ArgumentException)
        {
            return null;
        }
    }
}

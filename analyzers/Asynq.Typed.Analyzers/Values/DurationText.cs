using System.Globalization;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>How a time span is written in a message.</summary>
internal static class DurationText
{
    internal static string Of(TimeSpan value) =>
        (value.Ticks / (double)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + " s";
}

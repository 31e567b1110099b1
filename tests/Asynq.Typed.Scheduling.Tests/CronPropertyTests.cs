using CsCheck;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>The search for the next activation against a walk that looks at every minute.</summary>
public sealed class CronPropertyTests
{
    private const int HorizonDays = 40;

    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/St_Johns", "Africa/Cairo", "Asia/Beirut",
        "Australia/Lord_Howe", "Antarctica/Troll", "Atlantic/Azores", "America/Nuuk", "Asia/Kathmandu", "Pacific/Apia",
        "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Kiritimati",
    ];

    private static readonly Gen<Field> Minute = FieldOf(0, 59);
    private static readonly Gen<Field> Hour = FieldOf(0, 23);
    private static readonly Gen<Field> DayOfMonth = FieldOf(1, 31);
    private static readonly Gen<Field> Month = FieldOf(1, 12, "jan feb mar apr may jun jul aug sep oct nov dec");
    private static readonly Gen<Field> DayOfWeek = FieldOf(0, 6, "sun mon tue wed thu fri sat");

    private static readonly Gen<Spec> Specs =
        Gen.Select(Minute, Hour, DayOfMonth, Month, DayOfWeek, (minute, hour, date, month, weekday) =>
            new Spec(minute, hour, date, month, weekday));

    private static readonly Gen<(string Zone, DateTimeOffset From)> Places = Gen.Select(
        Gen.OneOf(Zones), Gen.Int[2008, 2034], Gen.Double[0, 1], Gen.Int[-200_000, 200_000], Gen.Bool,
        (zone, year, part, seconds, near) => (zone, near ? NearChange(zone, year, part).AddSeconds(seconds) : Within(year, part)));

    [Fact]
    public void The_next_activation_is_the_first_minute_that_matches() =>
        Gen.Select(Specs, Places).Sample(
            (spec, place) =>
            {
                var zone = CronZone.Find(place.Zone)!;
                var schedule = CronSchedule.Read(spec.Text, zone, out var fault);
                Assert.Null(fault);

                var walked = Walk(spec, place.From, zone);
                var found = schedule!.Next(place.From);
                if (walked is null)
                {
                    Assert.True(found is null || found > place.From.AddDays(HorizonDays), $"{found} was not walked");
                }
                else
                {
                    Assert.Equal(walked, found);
                }
            },
            iter: 1_000,
            print: row => $"{row.Item1.Text} in {row.Item2.Zone} from {row.Item2.From:o}");

    [Fact]
    public void Every_spec_that_is_taken_only_goes_forward() =>
        Gen.Select(Specs, Places).Sample(
            (spec, place) =>
            {
                var schedule = CronSchedule.Read(spec.Text, CronZone.Find(place.Zone)!, out _)!;
                DateTimeOffset? instant = place.From;
                for (var step = 0; step < 10 && instant is not null; step++)
                {
                    var next = schedule.Next(instant.Value);
                    Assert.True(next is null || (next > instant && next.Value.Second == 0), $"{next} after {instant}");
                    instant = next;
                }
            },
            iter: 500);

    [Fact]
    public void Any_text_is_taken_or_refused_with_a_reason() =>
        Gen.String[Gen.Char["0123456789*?/-,@ \tevryhmsTZ=_CRONUjan"], 0, 24].Sample(
            text => Assert.True(CronSchedule.Read(text, TimeZoneInfo.Utc, out var fault) is null != (fault is null)),
            iter: 20_000);

    private static DateTimeOffset? Walk(Spec spec, DateTimeOffset from, TimeZoneInfo zone)
    {
        var minute = new DateTimeOffset(from.UtcTicks - from.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        for (var end = from.AddDays(HorizonDays); minute <= end; minute = minute.AddMinutes(1))
        {
            if (minute > from && spec.Matches(TimeZoneInfo.ConvertTime(minute, zone).DateTime))
            {
                return minute;
            }
        }

        return null;
    }

    private static DateTimeOffset Within(int year, double part) =>
        new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(Math.Floor(part * 365 * 86_400));

    /// <summary>An hour of that year in which the zone's distance from UTC changes; any instant where it never does.</summary>
    private static DateTimeOffset NearChange(string id, int year, double part)
    {
        var zone = CronZone.Find(id)!;
        var hours = Enumerable.Range(0, 365 * 24).Select(hour => Within(year, 0).AddHours(hour));
        var changes = hours.Where(hour => zone.GetUtcOffset(hour) != zone.GetUtcOffset(hour.AddHours(1))).ToList();
        return changes.Count == 0 ? Within(year, part) : changes[(int)(part * (changes.Count - 1))];
    }

    private static Gen<Field> FieldOf(int lowest, int highest, string names = "")
    {
        var words = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string Word(int value, bool named) => named && words.Length > 0 ? words[value - lowest] : $"{value}";

        var star = Gen.OneOf("*", "?", "*/1").Select(text => new Field(text, Enumerable.Range(lowest, highest - lowest + 1), true));
        var stepped = Gen.Int[2, highest].Select(step =>
            new Field($"*/{step}", Range(lowest, highest, step), false));
        var one = Gen.Select(Gen.Int[lowest, highest], Gen.Bool, (value, named) => new Field(Word(value, named), [value], false));
        var open = Gen.Select(Gen.Int[lowest, highest], Gen.Int[1, highest], (start, step) =>
            new Field($"{start}/{step}", Range(start, highest, step), false));
        var range = Gen.Select(Gen.Int[lowest, highest], Gen.Int[lowest, highest], Gen.Int[1, 7], Gen.Bool, (a, b, step, named) =>
            new Field($"{Word(Math.Min(a, b), named)}-{Word(Math.Max(a, b), !named)}/{step}", Range(Math.Min(a, b), Math.Max(a, b), step), false));
        var list = Gen.OneOf(one, open, range, stepped).Array[1, 3].Select(parts => new Field(
            string.Join(',', parts.Select(part => part.Text)), parts.SelectMany(part => part.Values), false));
        return Gen.Frequency((3, star), (1, stepped), (2, one), (1, open), (1, range), (1, list));
    }

    private static IEnumerable<int> Range(int start, int end, int step) =>
        Enumerable.Range(start, end - start + 1).Where(value => (value - start) % step == 0);

    private sealed class Field(string text, IEnumerable<int> values, bool isStar)
    {
        internal string Text { get; } = text;

        internal HashSet<int> Values { get; } = [.. values];

        internal bool IsStar { get; } = isStar;
    }

    private sealed record Spec(Field Minute, Field Hour, Field Date, Field Month, Field Weekday)
    {
        internal string Text => $"{Minute.Text} {Hour.Text} {Date.Text} {Month.Text} {Weekday.Text}";

        internal bool Matches(DateTime local)
        {
            var byDate = Date.Values.Contains(local.Day);
            var byWeekday = Weekday.Values.Contains((int)local.DayOfWeek);
            return Minute.Values.Contains(local.Minute)
                && Hour.Values.Contains(local.Hour)
                && Month.Values.Contains(local.Month)
                && (Date.IsStar || Weekday.IsStar ? byDate && byWeekday : byDate || byWeekday);
        }
    }
}

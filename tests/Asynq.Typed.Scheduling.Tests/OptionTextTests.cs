using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Options read as asynq writes them.</summary>
public sealed class OptionTextTests
{
    public static TheoryData<string> Rows => [.. GoldenRows.Read("options.json").Select(row => row.GetRawText())];

    [Fact]
    public void The_recording_is_there() => Assert.True(Rows.Count >= 20);

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_holds(string json)
    {
        var row = JsonDocument.Parse(json).RootElement;
        var value = row.GetProperty("value");
        var option = row.GetProperty("option").GetString();

        var text = option switch
        {
            "MaxRetry" => OptionText.MaxRetry(value.GetInt32()),
            "Queue" => OptionText.Queue(value.GetString()!),
            "TaskID" => OptionText.TaskId(value.GetString()!),
            "Group" => OptionText.Group(value.GetString()!),
            "Header" => OptionText.Header(value[0].GetString()!, value[1].GetString()!),
            "Timeout" => OptionText.Timeout(Duration(value)),
            "Unique" => OptionText.Unique(Duration(value)),
            "ProcessIn" => OptionText.ProcessIn(Duration(value)),
            "Retention" => OptionText.Retention(Duration(value)),
            "Deadline" => OptionText.Deadline(Instant(value)),
            "ProcessAt" => OptionText.ProcessAt(Instant(value)),
            _ => throw new InvalidOperationException($"This test knows no option '{option}'."),
        };

        Assert.Equal(row.GetProperty("text").GetString(), text);
    }

    [Theory]
    [InlineData("\u0000\a\b\f\n\r\t\v\u001f\u007f", @"Queue(""\x00\a\b\f\n\r\t\v\x1f\x7f"")")]
    [InlineData("\u00a0\u00ad\u2028\ue000\ufeff", @"Queue(""\u00a0\u00ad\u2028\ue000\ufeff"")")]
    [InlineData("日本 😀é\u0301", "Queue(\"日本 😀é\u0301\")")]
    [InlineData("\U000e0001", @"Queue(""\U000e0001"")")]
    public void Invisible_characters_are_escaped_as_Go_does(string name, string expected) =>
        Assert.Equal(expected, OptionText.Queue(name));

    [Fact]
    public void A_header_is_JSON_as_Go_writes_it() =>
        Assert.Equal(
            @"Header([""a\""\\\n\u0001"",""é😀\u2028"" ])".Replace(" ]", "]", StringComparison.Ordinal),
            OptionText.Header("a\"\\\n\u0001", "é😀\u2028"));

    [Theory]
    [InlineData(1, "100ns")]
    [InlineData(15, "1.5µs")]
    [InlineData(10_000, "1ms")]
    [InlineData(10_001, "1.0001ms")]
    [InlineData(9_999_999, "999.9999ms")]
    [InlineData(10_000_001, "1.0000001s")]
    [InlineData(-600_000_000, "-1m0s")]
    [InlineData(36_000_000_000, "1h0m0s")]
    [InlineData(long.MaxValue, "256204778h48m5.4775807s")]
    [InlineData(long.MinValue, "-256204778h48m5.4775808s")]
    public void A_duration_reads_as_in_Go(long ticks, string expected) =>
        Assert.Equal(expected, GoDuration.Write(TimeSpan.FromTicks(ticks)));

    private static TimeSpan Duration(JsonElement value) =>
        TimeSpan.FromTicks(value.GetProperty("nanoseconds").GetInt64() / 100);

    private static DateTimeOffset Instant(JsonElement value) =>
        DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture);
}

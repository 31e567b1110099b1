using System.Text.RegularExpressions;
using Xunit;

namespace Asynq.Typed.Architecture.Tests;

/// <summary>The folders of the runtime are its rooms; a use may only point downwards.</summary>
public sealed partial class RoomTests
{
    /// <summary>The folder itself: vocabulary that every room may use, and that uses none.</summary>
    private const string Ground = "";

    /// <summary>Room → the rooms below it that it may use.</summary>
    private static readonly Dictionary<string, string[]> Below = new()
    {
        [Ground] = [],
        ["Redis"] = [Ground],
        ["Transforms"] = [Ground, "Redis"],
        ["Routing"] = [Ground],
        ["Client"] = [Ground, "Redis", "Transforms"],
        ["Inspection"] = [Ground, "Redis", "Transforms"],
        ["Scheduling"] = [Ground, "Redis", "Transforms", "Client"],
        ["Server"] = [Ground, "Redis", "Transforms", "Routing", "Client"],
        ["Rate"] = [Ground, "Redis", "Routing", "Client", "Server"],
        ["Hosting"] = [Ground, "Redis", "Transforms", "Routing", "Client", "Inspection", "Scheduling", "Server", "Rate"],
    };

    /// <summary>Public members outside the Redis room that take or give a multiplexer of the user's own.</summary>
    private static readonly string[] MayNameTheMultiplexer = ["Hosting"];

    /// <summary>What the files of other rooms that hold nothing but such a member are called.</summary>
    private const string MultiplexerFile = ".Multiplexer.cs";

    [Fact]
    public void Every_folder_of_the_runtime_is_a_room_with_a_place()
    {
        var rooms = Runtime.Sources.Select(source => source.Room).Distinct().ToList();

        Assert.Contains("Redis", rooms);
        Assert.Contains("Hosting", rooms);
        Assert.Empty(rooms.Except(Below.Keys));
    }

    [Fact]
    public void Uses_point_downwards()
    {
        var uses = Runtime.Uses().ToList();

        Assert.NotEmpty(uses);
        Assert.Empty(uses
            .Where(use => use.From != use.To && !Below[use.From].Contains(use.To))
            .Select(use => $"{use.File} ({use.From}) uses {use.Type}, which is above it in {use.To}")
            .Distinct());
    }

    [Fact]
    public void No_room_uses_another_in_a_circle()
    {
        var height = Below.Keys.Select((room, index) => (room, index)).ToDictionary(x => x.room, x => x.index);

        Assert.All(Below, pair => Assert.All(pair.Value, lower => Assert.True(height[lower] < height[pair.Key])));
    }

    [Fact]
    public void Only_the_Redis_room_knows_Redis()
    {
        var strangers = Runtime.Sources
            .Where(source => source.Room != "Redis" && !MayNameTheMultiplexer.Contains(source.Room))
            .Where(source => !source.Path.EndsWith(MultiplexerFile, StringComparison.Ordinal))
            .Where(source => source.Text.Contains("StackExchange.Redis", StringComparison.Ordinal));

        Assert.Empty(strangers.Select(source => source.Path));
    }

    [Fact]
    public void Keys_are_spelled_in_one_file()
    {
        var spellings = Runtime.Sources
            .Where(source => source.Path != "src/Asynq.Typed/Redis/Keys.cs")
            .Where(source => KeyText().IsMatch(source.Text));

        Assert.Empty(spellings.Select(source => source.Path));
    }

    // Error texts of asynq start alike, but with a space behind the colon.
    [GeneratedRegex("\"asynq:[^ ]")]
    private static partial Regex KeyText();
}

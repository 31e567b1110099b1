using System.Globalization;

namespace Asynq.Typed.Server.Tests;

/// <summary>What a row of the README's table of outcomes promises.</summary>
internal static class OutcomeRow
{
    /// <param name="name">The row's first cell.</param>
    internal static Outcome Of(string name)
    {
        var cells = Readme.Table("outcome").Single(row => row[0] == name);
        var queue = Numbers(cells[2], 2);
        var meter = Numbers(cells[3], 4);
        return new Outcome
        {
            Processed = queue[0],
            Failed = queue[1],
            Consumed = meter[0],
            MeterFailed = meter[1],
            MeterRetried = meter[2],
            MeterArchived = meter[3],
            Retries = cells[4].Length == 0 ? 0 : Number(cells[4]),
            State = StateOf(cells[5]),
            Locked = IsLocked(cells[6]),
        };
    }

    private static int[] Numbers(string cell, int count)
    {
        int[] numbers = [.. cell.Split(", ").Select(Number)];
        return numbers.Length == count ? numbers : throw new FormatException($"'{cell}' should be {count} numbers.");
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    // Each of the tests has a task with retries left, and a lock, which stay as they are where nothing is written.
    private static TaskState? StateOf(string cell) => cell.Split(',', ' ')[0] switch
    {
        "deleted" => null,
        "completed" => TaskState.Completed,
        "retry" => TaskState.Retry,
        "archived" => TaskState.Archived,
        "pending" => TaskState.Pending,
        "nothing" => TaskState.Active,
        "as" => Of("Exception").State,
        _ => throw new FormatException($"'{cell}' does not begin with a state."),
    };

    private static bool IsLocked(string cell) => cell switch
    {
        "freed" => false,
        "kept" or "whoever has the task decides" => true,
        _ => throw new FormatException($"'{cell}' does not say what becomes of the lock."),
    };
}

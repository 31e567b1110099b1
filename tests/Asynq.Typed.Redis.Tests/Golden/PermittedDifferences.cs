using System.Globalization;
using System.Text;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>
/// What this project leaves in Redis that the reference does not, or the other way round: these, and no others. Each is
/// taken out of <c>actual</c>, or written into <c>expected</c>, only where it may be, and only if it is as it should be.
/// </summary>
internal static class PermittedDifferences
{
    public static void Apply(GoldenRow row, Snapshot expected, Snapshot actual)
    {
        ActiveTasksHaveOwnerAndCancel(actual);
        ScheduledAndRetriedTasksHaveDue(actual);
        RequeuedAndRunTasksHavePendingSince(row, expected, actual);
        RunAndRetriedTasksHaveNoGroup(row, expected, actual);
        GroupedUniqueTasksHaveUniqueKey(row, actual);
        DeletedTasksHaveNoLock(row, expected, actual);
        ReclaimedAndForwardedGroupsAreNamed(row, expected, actual);
        OurOwnKeysAreThere(actual);
    }

    private static void ActiveTasksHaveOwnerAndCancel(Snapshot actual)
    {
        foreach (var task in Tasks(actual).Where(task => task.Entry["state"] == "active"))
        {
            task.Entry["owner"] = null;
            task.Entry["cancel"] = null;
        }
    }

    private static void ScheduledAndRetriedTasksHaveDue(Snapshot actual)
    {
        foreach (var task in Tasks(actual).Where(task => task.Entry["state"] is "scheduled" or "retry"))
        {
            task.Entry["due"] = null;
        }
    }

    private static void RequeuedAndRunTasksHavePendingSince(GoldenRow row, Snapshot expected, Snapshot actual)
    {
        if (row.Operation != "Requeue" && !IsRun(row))
        {
            return;
        }

        var now = new GoldenClock(row.Clock).Nanoseconds.ToString(CultureInfo.InvariantCulture);
        foreach (var task in Tasks(expected).Where(task => task.Entry["state"] == "pending"))
        {
            var moved = row.Before[task.Key]?["state"] != "pending";
            if (moved && actual[task.Key]?["pending_since"] == now)
            {
                task.Entry["pending_since"] = now;
            }
        }
    }

    private static void RunAndRetriedTasksHaveNoGroup(GoldenRow row, Snapshot expected, Snapshot actual)
    {
        if (row.Operation != "Retry" && !IsRun(row))
        {
            return;
        }

        foreach (var task in Tasks(expected).Where(task => task.Entry["state"] is "pending" or "retry"))
        {
            var moved = row.Before[task.Key]?["state"] != task.Entry["state"];
            if (moved && actual[task.Key] is { } found && found["group"] is null)
            {
                task.Entry["group"] = null;
            }
        }
    }

    private static void GroupedUniqueTasksHaveUniqueKey(GoldenRow row, Snapshot actual)
    {
        if (row.Operation != "AddToGroupUnique")
        {
            return;
        }

        foreach (var task in Tasks(actual).Where(task => task.Entry["unique_key"] is not null && row.Before[task.Key] is null))
        {
            if (task.Entry["unique_key"] == MessageOf(task.Entry).UniqueKey)
            {
                task.Entry["unique_key"] = null;
            }
        }
    }

    private static void DeletedTasksHaveNoLock(GoldenRow row, Snapshot expected, Snapshot actual)
    {
        var deletes = row.Operation is "DeleteAllPendingTasks" or "DeleteAllAggregatingTasks" or "DeleteAggregationSet"
            || (row.Operation == "RemoveQueue" && (bool?)row.Args["force"] == true);
        if (!deletes)
        {
            return;
        }

        foreach (var task in Tasks(row.Before).Where(task => expected[task.Key] is null))
        {
            var message = MessageOf(task.Entry);
            if (message.UniqueKey.Length > 0 && expected[message.UniqueKey] is { } held && actual[message.UniqueKey] is null
                && held.Items[0].Value == message.Id)
            {
                expected.Remove(message.UniqueKey);
            }
        }
    }

    private static void ReclaimedAndForwardedGroupsAreNamed(GoldenRow row, Snapshot expected, Snapshot actual)
    {
        if (row.Operation is not ("ReclaimStaleAggregationSets" or "ForwardIfReady"))
        {
            return;
        }

        foreach (var task in Tasks(expected).Where(task => task.Entry["state"] == "aggregating"))
        {
            var names = task.Key[..task.Key.IndexOf(":t:", StringComparison.Ordinal)] + ":groups";
            var group = task.Entry["group"]!;
            if (actual[names]?.Items.Exists(name => name.Key == group) == true)
            {
                if (expected[names] is null)
                {
                    expected.Add(names, new Entry("set", []));
                }

                expected[names]![group] = "";
            }
        }
    }

    private static void OurOwnKeysAreThere(Snapshot actual)
    {
        foreach (var key in actual.Keys.ToList())
        {
            if (key.StartsWith("asynq:x:", StringComparison.Ordinal)
                || (key.StartsWith("asynq:{", StringComparison.Ordinal) && key.Contains("}:x:", StringComparison.Ordinal)))
            {
                actual.Remove(key);
            }
        }
    }

    private static bool IsRun(GoldenRow row) => row.Operation.StartsWith("Run", StringComparison.Ordinal);

    private static IEnumerable<(string Key, Entry Entry)> Tasks(Snapshot snapshot) =>
        snapshot.Keys.Where(key => key.Contains("}:t:", StringComparison.Ordinal)).ToList()
            .Select(key => (key, snapshot[key]!))
            .Where(task => task.Item2.Type == "hash");

    private static TaskMessage MessageOf(Entry task) =>
        task["msg"] is { } message ? TaskMessage.Parser.ParseFrom(Encoding.Latin1.GetBytes(message)) : new TaskMessage();
}

namespace Asynq.Typed.Redis;

/// <summary>What a task must satisfy before it is sent: Redis would take it, but nobody could use it.</summary>
internal static class MessageRules
{
    // Of one value, unless its configuration says otherwise: for a longer one it breaks the connection, with whatever else is on it.
    private const int MostBytes = 512 * 1024 * 1024;

    /// <exception cref="ArgumentException">A part of the task is blank or cannot be written, or it is too large.</exception>
    internal static void Require(TaskMessage message)
    {
        RequireText(message.Id, "Task id");
        QueueKeys.RequireName(message.Queue);
        if (string.IsNullOrWhiteSpace(message.Type))
        {
            RequireText(message.Type, $"Type of task '{message.Id}'");
        }

        Require(message.Type, "Type", message);
        Require(message.GroupKey, "Group", message);
        Require(message.UniqueKey, "Unique key", message);
        Require(message.ErrorMsg, "Error message", message);
        foreach (var (name, value) in message.Headers)
        {
            Require(name, "Header name", message);
            Utf16.Require(value, $"Header '{name}' of task '{message.Id}'");
        }

        if (message.GroupKey.Length > 0 && string.IsNullOrWhiteSpace(message.GroupKey))
        {
            throw new ArgumentException($"Group of task '{message.Id}' is blank: give it at least one visible character.");
        }

        if (message.CalculateSize() is var size and (< 0 or > MostBytes))
        {
            throw new ArgumentException(
                $"Task '{message.Id}' takes {(uint)size} bytes, more than the {MostBytes} that Redis takes as one value: keep the data "
                + "elsewhere, and enqueue where it is.");
        }
    }

    /// <exception cref="ArgumentException">The text is blank or not valid UTF-16.</exception>
    internal static void RequireText(string text, string what)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"{what} is blank: give it at least one visible character.");
        }

        Utf16.Require(text, what);
    }
    // The words are put together only where they are needed: this is done for each task that is enqueued.
    private static void Require(string text, string part, TaskMessage message)
    {
        if (!Utf16.IsValid(text))
        {
            Utf16.Require(text, $"{part} of task '{message.Id}'");
        }
    }
}

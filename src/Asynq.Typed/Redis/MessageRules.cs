namespace Asynq.Typed.Redis;

/// <summary>What a task must satisfy before it is sent: Redis would take it, but nobody could use it.</summary>
internal static class MessageRules
{
    /// <exception cref="ArgumentException">A part of the task is blank or cannot be written.</exception>
    internal static void Require(TaskMessage message)
    {
        RequireText(message.Id, "Task id");
        _ = Keys.Of(message.Queue);
        RequireText(message.Type, $"Type of task '{message.Id}'");
        Utf16.Require(message.GroupKey, $"Group of task '{message.Id}'");
        Utf16.Require(message.UniqueKey, $"Unique key of task '{message.Id}'");
        Utf16.Require(message.ErrorMsg, $"Error message of task '{message.Id}'");
        foreach (var (name, value) in message.Headers)
        {
            Utf16.Require(name, $"Header name of task '{message.Id}'");
            Utf16.Require(value, $"Header '{name}' of task '{message.Id}'");
        }

        if (message.GroupKey.Length > 0 && string.IsNullOrWhiteSpace(message.GroupKey))
        {
            throw new ArgumentException($"Group of task '{message.Id}' is blank: give it at least one visible character.");
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
}

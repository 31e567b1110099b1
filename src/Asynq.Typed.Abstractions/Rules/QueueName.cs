#nullable enable

namespace Asynq.Typed.Rules;

/// <summary>
/// What a queue may be called. Linked into the runtime and into the analyzers, so both refuse the same names.
/// </summary>
internal static class QueueName
{
    /// <summary>The queue of a task that names none.</summary>
    internal const string Default = "default";

    private static readonly char[] Braces = ['{', '}'];

    /// <summary>Why <paramref name="name"/> is no queue name, as the end of a sentence; <c>null</c> where it is one.</summary>
    internal static string? Fault(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is blank: give it at least one visible character";
        }

        // The keys of a queue share the hash tag {name}; a brace inside would move them to different cluster slots.
        return name!.IndexOfAny(Braces) >= 0
            ? "contains a brace: braces delimit the queue's hash tag in Redis, leave them out"
            : null;
    }
}

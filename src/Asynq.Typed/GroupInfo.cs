namespace Asynq.Typed;

/// <summary>A group of a queue.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Size">Tasks that wait in it to be aggregated.</param>
public sealed record GroupInfo(string Name, long Size);

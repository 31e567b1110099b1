namespace Asynq.Typed.Architecture.Tests;

/// <summary>A source of the runtime and the room that it is in.</summary>
internal sealed record SourceFile(string Path, string Room, string Text);

/// <summary>One file names a type of another.</summary>
internal sealed record Use(string File, string From, string To, string Type);

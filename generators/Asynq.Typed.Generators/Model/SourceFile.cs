namespace Asynq.Typed.Generators.Model;

/// <summary>A file as it is added to the compilation.</summary>
internal sealed record SourceFile(string Name, string Text);

namespace Asynq.Typed.Generators.Model;

/// <summary>A class that handles tasks.</summary>
/// <param name="CSharp">The class as it is written in code.</param>
/// <param name="Tasks">The tasks that it handles.</param>
internal sealed record HandlerModel(string CSharp, EquatableArray<HandledTaskModel> Tasks);

/// <summary>A task as its handler knows it. Nothing of its payload: editing that leaves the handlers' file alone.</summary>
/// <param name="CSharp">The task as it is written in code.</param>
/// <param name="Name">The task's own name.</param>
/// <param name="Type">Its name on the wire.</param>
internal sealed record HandledTaskModel(string CSharp, string Name, string Type);

/// <summary>The assembly that is compiled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HasRuntime">Whether handlers can be registered in it: contracts assemblies lack the runtime.</param>
internal sealed record AssemblyModel(string Name, bool HasRuntime);

namespace Asynq.Typed.Generators.Model;

/// <summary>A class that handles or aggregates tasks.</summary>
/// <param name="CSharp">The class as it is written in code.</param>
/// <param name="Tasks">The tasks that it handles.</param>
/// <param name="Groups">The tasks that it aggregates.</param>
/// <param name="Faults">What it handles with a result that cannot be written, as messages of errors.</param>
/// <param name="PeriodicTasks">The entries of handled tasks whose own assembly cannot register them.</param>
/// <param name="Cautions">What the compiler warns of in the class and what it handles.</param>
internal sealed record HandlerModel(
    string CSharp,
    EquatableArray<HandledTaskModel> Tasks,
    EquatableArray<AggregateModel> Groups,
    EquatableArray<string> Faults,
    EquatableArray<PeriodicTaskModel> PeriodicTasks,
    CautionModel Cautions);

/// <summary>A task as its handler knows it. Nothing of its payload: editing that leaves the handlers' file alone.</summary>
/// <param name="CSharp">The task as it is written in code.</param>
/// <param name="Name">The task's own name.</param>
/// <param name="Type">Its name on the wire.</param>
/// <param name="Result">What the handler returns; <c>null</c> where it returns nothing.</param>
internal sealed record HandledTaskModel(string CSharp, string Name, string Type, ResultModel? Result);

/// <summary>What a handler returns.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Shapes">The objects in it.</param>
/// <param name="Unions">The unions in it.</param>
/// <param name="Cautions">What the compiler warns of in it.</param>
internal sealed record ResultModel(
    ValueModel Type,
    WireFormat Format,
    EquatableArray<ShapeModel> Shapes,
    EquatableArray<UnionModel> Unions,
    CautionModel Cautions);

/// <summary>Tasks that are aggregated.</summary>
/// <param name="Task">The task as it is written in code.</param>
/// <param name="Type">Its name on the wire.</param>
/// <param name="Batch">The batch as it is written in code.</param>
internal sealed record AggregateModel(string Task, string Type, string Batch);

/// <summary>A task that is enqueued again and again.</summary>
/// <param name="CSharp">The task as it is written in code.</param>
/// <param name="Schedule">The cron spec.</param>
/// <param name="TimeZone">The id of the zone; <c>null</c> for that of the scheduler.</param>
/// <param name="Name">The name of the entry.</param>
/// <param name="Cautions">What the compiler warns of where it is made.</param>
internal sealed record PeriodicTaskModel(string CSharp, string Schedule, string? TimeZone, string Name, CautionModel Cautions);

/// <summary>The assembly that is compiled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HasRuntime">Whether handlers can be registered in it: contracts assemblies lack the runtime.</param>
internal sealed record AssemblyModel(string Name, bool HasRuntime);

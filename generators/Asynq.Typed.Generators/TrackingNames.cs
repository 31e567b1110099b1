namespace Asynq.Typed.Generators;

/// <summary>The names of the pipeline's steps, by which tests see whether a step was cached.</summary>
internal static class TrackingNames
{
    public const string IsSupported = nameof(IsSupported);

    public const string Tasks = nameof(Tasks);

    public const string CollidingNames = nameof(CollidingNames);

    public const string TaskFiles = nameof(TaskFiles);

    public const string Handlers = nameof(Handlers);

    public const string PeriodicTasks = nameof(PeriodicTasks);

    public const string Assembly = nameof(Assembly);

    public const string HandlerFile = nameof(HandlerFile);

    /// <summary>All of them.</summary>
    public static readonly string[] All =
        [IsSupported, Tasks, CollidingNames, TaskFiles, Handlers, PeriodicTasks, Assembly, HandlerFile];
}

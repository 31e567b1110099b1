namespace Asynq.Typed.Generators.Parsing;

/// <summary>The names by which the generator knows the types of the contracts and of the runtime.</summary>
internal static class WellKnownNames
{
    public const string TaskAttribute = "Asynq.Typed.AsynqTaskAttribute";

    public const string HandleInterface = "IHandle";

    public const string Namespace = "Asynq.Typed";

    public const string HandlerModule = "Asynq.Typed.HandlerModule";
}

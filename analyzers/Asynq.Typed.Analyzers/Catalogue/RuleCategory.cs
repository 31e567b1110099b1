namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>The category of each thousand of ids.</summary>
internal static class RuleCategory
{
    internal const string Tasks = "Asynq.Tasks";
    internal const string Routing = "Asynq.Routing";
    internal const string Options = "Asynq.Options";
    internal const string Environment = "Asynq.Environment";
}

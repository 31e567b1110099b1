namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>Where a rule's page is read.</summary>
internal static class HelpLink
{
    internal const string Base = "https://github.com/asynq-typed/asynq-typed/blob/main/analyzers/docs/";

    internal static string Of(string id) => Base + id + ".md";
}

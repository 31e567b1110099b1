namespace Asynq.Typed;

/// <summary>Which tasks a search finds: those that fit everything that is given.</summary>
public sealed record TaskFilter
{
    /// <summary>The type's whole name. Default: any.</summary>
    public string? Type { get; init; }

    /// <summary>Text in the id, whatever its case. Default: any.</summary>
    public string? IdContains { get; init; }

    /// <summary>Text in the error of the last attempt, whatever its case. Default: any, or none.</summary>
    public string? ErrorContains { get; init; }

    internal bool Fits(TaskInfo task) =>
        (Type is null || Type == task.Type)
        && Has(task.Id, IdContains)
        && Has(task.LastError ?? "", ErrorContains);

    private static bool Has(string text, string? part) =>
        part is null || text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

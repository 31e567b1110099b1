namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>The least value of each number that can be given to a task; none for other members.</summary>
internal static class TaskNumbers
{
    internal static int? Least(string member) => member switch
    {
        "MaxRetry" or "TimeoutSeconds" or "RetentionSeconds" or "UniqueForSeconds" => 0,
        _ => null,
    };
}

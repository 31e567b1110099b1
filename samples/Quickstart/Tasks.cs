using Asynq.Typed;

namespace Quickstart;

/// <summary>A plain task: the name on the wire is all that it must say.</summary>
[AsynqTask("quickstart:welcome-email", Queue = Demo.Queue, RetentionSeconds = Demo.RetentionSeconds)]
public sealed partial record WelcomeEmail(long UserId, string Address, string Locale = "en");

/// <summary>A task that fails twice before it succeeds, to show retries.</summary>
[AsynqTask("quickstart:charge-card", Queue = Demo.Queue, MaxRetry = 5, TimeoutSeconds = 10, RetentionSeconds = Demo.RetentionSeconds)]
public sealed partial record ChargeCard(Guid OrderId, decimal Amount);

/// <summary>A task of which only one may wait or run at a time.</summary>
[AsynqTask("quickstart:sync-account", Queue = Demo.Queue, UniqueForSeconds = 60, RetentionSeconds = Demo.RetentionSeconds)]
public sealed partial record SyncAccount(Guid AccountId);

/// <summary>A task whose handler leaves a result.</summary>
[AsynqTask("quickstart:sum-report", Queue = Demo.Queue, RetentionSeconds = Demo.RetentionSeconds)]
public sealed partial record SumReport(string Name, List<int> Figures);

internal static class Demo
{
    /// <summary>A queue of its own, so that a run on a shared Redis touches nobody's tasks.</summary>
    public const string Queue = "quickstart";

    /// <summary>Completed tasks stay this long, so that the closing table can read them back.</summary>
    public const int RetentionSeconds = 300;
}

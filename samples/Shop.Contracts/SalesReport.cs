using Asynq.Typed;

namespace Shop.Contracts;

/// <summary>
/// What was sold so far. A scheduler enqueues it every five seconds, so that there is something to see; a shop would say
/// <c>[PeriodicTask("0 6 * * 1-5", TimeZone = "Europe/Berlin")]</c>. However many schedulers run, each tick is enqueued once.
/// </summary>
[AsynqTask("shop:sales-report", Queue = ShopQueues.Mail, MaxRetry = 0)]
[PeriodicTask("@every 5s")]
public sealed partial record SalesReport;

using Asynq.Typed;

namespace Shop.Contracts;

/// <summary>Something that a customer should hear of. It waits in the customer's group until it goes out in a digest.</summary>
[AsynqTask("shop:notice", Queue = ShopQueues.Mail)]
public sealed partial record Notice(string Text);

/// <summary>One mail in place of many.</summary>
[AsynqTask("shop:digest", Queue = ShopQueues.Mail)]
public sealed partial record Digest(string Customer, List<string> Lines);

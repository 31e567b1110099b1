namespace Asynq.Typed.Routing;

/// <summary>One middleware, as it was registered.</summary>
/// <param name="InvokeAsync">Handles an attempt.</param>
internal sealed record Middleware(Func<TaskContext, RawHandler, CancellationToken, Task> InvokeAsync);

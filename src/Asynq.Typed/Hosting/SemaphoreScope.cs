namespace Asynq.Typed.Hosting;

/// <summary>Says in a service collection that the middleware of a scope has been added.</summary>
/// <param name="Name">The scope, which is the name of its options too.</param>
internal sealed record SemaphoreScope(string Name);

namespace Asynq.Typed;

/// <summary>Handles an attempt at a task of any type: an untyped handler, or what a middleware passes an attempt on to.</summary>
/// <param name="context">The attempt.</param>
/// <param name="cancellationToken">Cancelled when the attempt is to end.</param>
public delegate Task RawHandler(TaskContext context, CancellationToken cancellationToken);

namespace Asynq.Typed;

/// <summary>Leaves a member out of the payload. When the payload is read, it is what its initialiser says.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class PayloadIgnoreAttribute : Attribute;

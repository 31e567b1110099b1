namespace Asynq.Typed.Generators.Model;

/// <summary>What the compiler warns of in what the code uses. Its author has been warned where he declared it.</summary>
/// <param name="IsObsolete">Whether something is marked as obsolete.</param>
/// <param name="Experiments">The ids under which things are marked as experimental, in order.</param>
internal sealed record CautionModel(bool IsObsolete, EquatableArray<string> Experiments);

using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>Writes one value as MessagePack. Called by generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="writer">Where to write.</param>
/// <param name="value">The value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void PayloadWrite<in T>(ref PayloadWriter writer, T value);

/// <summary>Reads one value of MessagePack. Called by generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="reader">Where to read.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T PayloadRead<out T>(ref PayloadReader reader);

using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>Writes one value as JSON. Called by generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="writer">Where to write.</param>
/// <param name="value">The value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void JsonPayloadWrite<in T>(ref JsonPayloadWriter writer, T value);

/// <summary>Reads one value of JSON. Called by generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="reader">Where to read.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T JsonPayloadRead<out T>(ref JsonPayloadReader reader);

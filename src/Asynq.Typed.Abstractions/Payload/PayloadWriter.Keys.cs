using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

/// <content>The keys of dictionaries: values like any other in MessagePack, names in JSON.</content>
public ref partial struct PayloadWriter
{
    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(string? key, [CallerArgumentExpression(nameof(key))] string name = "") => Write(key, name);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(long key) => _writer.Write(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(ulong key) => _writer.Write(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(Guid key) => Write(key);
}

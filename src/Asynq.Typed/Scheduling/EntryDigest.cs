using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Asynq.Typed.Scheduling;

/// <summary>What tells an entry from others, as SHA-256 in hexadecimal.</summary>
internal static class EntryDigest
{
    /// <summary>
    /// Equal for entries that are one entry in several processes: by name, or by what they enqueue and when. It stands in
    /// Redis, so where the payload is hidden it is left out: whoever reads the digest could try what gives it.
    /// </summary>
    internal static string OfIdentity(PeriodicTask task, string spec, IReadOnlyList<string> options, bool hidesPayload) =>
        task.Name is { } name ? Hash(["name", name], []) : OfContent(spec, task, options, hidesPayload ? [] : task.Body.Payload);

    /// <summary>Equal for entries that need not be replaced by each other.</summary>
    internal static string OfDefinition(PeriodicTask task, string spec, IReadOnlyList<string> options) =>
        Hash(
            [
                task.Name is null ? "" : "named",
                task.Name ?? "",
                task.Misfire?.ToString() ?? "",
                task.Options.TransformPayload?.ToString() ?? "",
                OfContent(spec, task, options, task.Body.Payload),
            ],
            []);

    private static string OfContent(string spec, PeriodicTask task, IReadOnlyList<string> options, byte[] payload) =>
        Hash(["content", spec, task.Type, .. options.Order(StringComparer.Ordinal)], payload);

    /// <summary>Each part goes in behind its length, so that no two rows of parts give the same bytes.</summary>
    private static string Hash(IEnumerable<string> texts, byte[] last)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            Append(hash, Encoding.UTF8.GetBytes(text));
        }

        Append(hash, last);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, byte[] part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}

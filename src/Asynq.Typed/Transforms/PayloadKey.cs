using System.Security.Cryptography;

namespace Asynq.Typed;

/// <summary>A key by which payloads are encrypted. Its text is its id alone.</summary>
public sealed class PayloadKey
{
    /// <summary>The length of a key in bytes: 32.</summary>
    public const int Length = 32;

    private const int MacLength = 32;

    private readonly byte[] _encryption;
    private readonly byte[] _uniqueKeys;

    /// <summary>Takes a key.</summary>
    /// <param name="id">
    /// Its name, which stands in tasks for anybody to read: letters, digits, <c>-</c>, <c>.</c> and <c>_</c>, at most 64 of them,
    /// such as <c>2026-11</c>. Another key needs another id, for ever.
    /// </param>
    /// <param name="secret">32 random bytes: <c>openssl rand -base64 32</c>. Copied.</param>
    /// <exception cref="ArgumentException">The id or the length of the key is not valid.</exception>
    public PayloadKey(string id, ReadOnlySpan<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!Transforms.PayloadHeader.IsParameter(id))
        {
            throw new ArgumentException(
                $"The id of a payload key is '{id}': give it letters, digits, '-', '.' and '_', at least one and at most 64.", nameof(id));
        }

        if (secret.Length != Length)
        {
            throw new ArgumentException($"The payload key '{id}' has {secret.Length} bytes: it must have {Length}.", nameof(secret));
        }

        Id = id;
        var master = secret.ToArray();
        _encryption = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Length, info: "asynq-typed payload encryption 1"u8.ToArray());
        _uniqueKeys = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, MacLength, info: "asynq-typed unique keys 1"u8.ToArray());
        CryptographicOperations.ZeroMemory(master);
    }

    /// <summary>Its name, which is no secret.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Encryption => _encryption;

    internal ReadOnlySpan<byte> UniqueKeys => _uniqueKeys;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}

using System.Security.Cryptography;

namespace Asynq.Typed;

/// <summary>
/// Encrypts payloads by AES-256-GCM under a named key, and binds each to its queue, type and task id. The page
/// <c>Transforms/README.md</c> of the source tells how keys are changed and what is not protected.
/// </summary>
public sealed class EncryptPayload : PayloadTransform
{
    // What is stored: nonce, tag, ciphertext.
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Overhead = NonceSize + TagSize;

    private readonly PayloadKey _current;
    private readonly Dictionary<string, PayloadKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Encrypts by one key, and reads what it or older ones encrypted.</summary>
    /// <param name="current">The key for writing.</param>
    /// <param name="others">Keys for reading: older ones, and the one that is to be current next.</param>
    /// <exception cref="ArgumentException">Two keys have the same id.</exception>
    public EncryptPayload(PayloadKey current, params IEnumerable<PayloadKey> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        _current = current;
        foreach (var key in others.Prepend(current))
        {
            if (!_keys.TryAdd(key.Id, key))
            {
                throw new ArgumentException(
                    $"Two payload keys have the id '{key.Id}': an id stands for one key, name the other differently.", nameof(others));
            }
        }
    }

    /// <inheritdoc />
    public override string Name => "aes-gcm";

    /// <summary>
    /// Whether a payload that is not encrypted is refused when it is read, so that nobody who can write to Redis can put a
    /// task of their own there. Set it once no such task is waiting. Default: no.
    /// </summary>
    public bool RefusePlaintext { get; init; }

    /// <inheritdoc />
    public override bool IsRequired => RefusePlaintext;

    /// <inheritdoc />
    public override bool HidesPayload => true;

    /// <inheritdoc />
    public override TransformedPayload? Apply(ReadOnlyMemory<byte> payload, PayloadScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var sealedBytes = new byte[Overhead + payload.Length];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_current.Encryption, TagSize);
        aes.Encrypt(
            nonce,
            payload.Span,
            sealedBytes.AsSpan(Overhead),
            sealedBytes.AsSpan(NonceSize, TagSize),
            scope.ToAssociatedData());
        return new TransformedPayload(sealedBytes, _current.Id);
    }

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> payload, string parameter, PayloadScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (!_keys.TryGetValue(parameter, out var key))
        {
            throw new PayloadException(
                $"it is encrypted under key '{parameter}', which this process does not have: give it to {nameof(EncryptPayload)} as "
                + "one of the other keys.");
        }

        if (payload.Length < Overhead)
        {
            throw new PayloadException(
                $"it has {payload.Length} bytes, too few for one that is encrypted under key '{parameter}': it was not written so.");
        }

        var plain = new byte[payload.Length - Overhead];
        using var aes = new AesGcm(key.Encryption, TagSize);
        try
        {
            aes.Decrypt(
                payload.Span[..NonceSize],
                payload.Span[Overhead..],
                payload.Span[NonceSize..Overhead],
                plain,
                scope.ToAssociatedData());
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PayloadException(
                $"it does not open under key '{parameter}': its bytes were changed, it belongs to another task, or this process has "
                + "another key of that id.");
        }
    }

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> DigestUniqueKey(ReadOnlyMemory<byte> content, string queue, string type)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _current.UniqueKeys);
        mac.AppendData(PayloadScope.Framed(queue, type));
        mac.AppendData(content.Span);
        return mac.GetHashAndReset();
    }

    /// <summary>The ids of the keys, and nothing else of them.</summary>
    public override string ToString() =>
        $"{Name} under key '{_current}'; reads {string.Join(", ", _keys.Keys.Order(StringComparer.Ordinal))}";
}

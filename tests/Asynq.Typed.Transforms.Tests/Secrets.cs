using System.Security.Cryptography;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>Keys and places for tests.</summary>
internal static class Secrets
{
    internal static readonly PayloadScope Place = new(PayloadPart.Payload, "default", "email:welcome", "id-1", "");

    /// <summary>The secret of a key, the same for the same seed.</summary>
    internal static byte[] Secret(int seed) => SHA256.HashData([(byte)seed]);

    internal static PayloadKey Key(string id, int seed = 1) => new(id, Secret(seed));

    internal static TransformChain Chain(params PayloadTransform[] transforms) => new(transforms);

    internal static TransformChain Encrypting(string id = "k1", int seed = 1) => Chain(new EncryptPayload(Key(id, seed)));
}

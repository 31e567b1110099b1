using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>Which of Redis Cluster's slots a key lies in. The client library tells only where it is connected to one.</summary>
internal static class ClusterSlot
{
    private const int Slots = 16_384;
    private const int Polynomial = 0x1021;
    private const int BitsPerByte = 8;

    /// <summary>The slot of every key with this hash tag: its CRC16, modulo the number of slots.</summary>
    internal static int Of(string hashTag)
    {
        var crc = 0;
        foreach (var value in Encoding.UTF8.GetBytes(hashTag))
        {
            crc ^= value << BitsPerByte;
            for (var bit = 0; bit < BitsPerByte; bit++)
            {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ Polynomial;
            }

            crc &= 0xFFFF;
        }

        return crc % Slots;
    }
}

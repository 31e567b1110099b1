using System.Runtime.InteropServices;
using Google.Protobuf;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Fuzz;

/// <summary>Large messages are read without a copy of their payload, and else as the generated parser reads them.</summary>
public sealed class MessageReaderTests
{
    private const int Large = 64 * 1024;

    [Fact]
    public void A_large_payload_is_not_copied()
    {
        var bytes = Message(new Random(1), Large).ToByteArray();

        var payload = MessageReader.Read(bytes).Payload;

        Assert.True(MemoryMarshal.TryGetArray(payload.Memory, out var part));
        Assert.Same(bytes, part.Array);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_300)]
    [InlineData(Large)]
    public void A_message_is_read_as_it_was_written(int payload)
    {
        var message = Message(new Random(2), payload);

        Assert.Equal(message, MessageReader.Read(message.ToByteArray()));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, false)]
    public void A_payload_keeps_no_more_than_a_few_times_its_size(int parts, bool isShared)
    {
        var message = Message(new Random(4), Large);
        var bytes = message.ToByteArray();
        var fetched = new byte[bytes.Length * parts];
        bytes.CopyTo(fetched, bytes.Length);

        var read = MessageReader.Read(fetched.AsMemory(bytes.Length, bytes.Length));

        Assert.Equal(message, read);
        Assert.True(MemoryMarshal.TryGetArray(read.Payload.Memory, out var part));
        Assert.Equal(isShared, ReferenceEquals(fetched, part.Array));
    }

    [Theory]
    [InlineData(Large)]
    [InlineData(10)]
    public void Of_several_payloads_the_last_counts(int payload)
    {
        var random = new Random(3);
        byte[] bytes = [.. Message(random, payload).ToByteArray(), .. Message(random, payload).ToByteArray()];

        Assert.Equal(TaskMessage.Parser.ParseFrom(bytes), MessageReader.Read(bytes));
    }

    [Fact]
    public void The_names_of_types_and_queues_are_not_made_anew()
    {
        var (one, other) = (Read(5), Read(6));

        Assert.Same(one.Type, other.Type);
        Assert.Same(one.Queue, other.Queue);
        Assert.NotEqual(one.Id, other.Id);

        static TaskMessage Read(int seed) => MessageReader.Read(Message(new Random(seed), 100).ToByteArray());
    }

    [Fact]
    public void Many_names_are_told_apart()
    {
        for (var number = 0; number < 1_000; number++)
        {
            var message = Message(new Random(number), 20);
            message.Type = $"type:{number % 150}";

            Assert.Equal(message, MessageReader.Read(message.ToByteArray()));
        }
    }

    [Theory]
    [InlineData(Large / 2)]
    [InlineData(300)]
    [InlineData(20)]
    public void Damage_is_read_or_refused_as_by_the_parser(int payload)
    {
        var refused = 0;
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Damaged(random, Message(random, payload).ToByteArray());
            var expected = Outcome(() => TaskMessage.Parser.ParseFrom(bytes));

            Assert.Equal(expected, Outcome(() => MessageReader.Read(bytes)));
            refused += expected is null ? 1 : 0;
        }

        Assert.InRange(refused, 100, 1_900);
    }

    private static TaskMessage? Outcome(Func<TaskMessage> read)
    {
        try
        {
            return read();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    // In the first bytes, where the fields begin and the length of the payload is; or at the end; or cut off.
    private static byte[] Damaged(Random random, byte[] bytes)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            bytes[random.Next(2) == 0 ? random.Next(40) : bytes.Length - 1 - random.Next(80)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length / 2, bytes.Length)] : bytes;
    }

    private static TaskMessage Message(Random random, int payload)
    {
        var bytes = new byte[payload];
        random.NextBytes(bytes);
        return new TaskMessage
        {
            Type = "email:welcome", Payload = ByteString.CopyFrom(bytes), Id = Guid.NewGuid().ToString("D"), Queue = "default", Retry = 25,
            Timeout = 1_800, Headers = { ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
        };
    }
}

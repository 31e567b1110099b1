using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace Asynq.Typed.Benchmarks;

/// <summary>Reading a payload.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private static readonly IMessagePackFormatter<Order> Formatter = StandardResolver.Instance.GetFormatterWithVerify<Order>();

    private readonly byte[] _messagePack = MessagePackSerializer.Serialize(Order.Sample);
    private readonly byte[] _generated = Bytes(Order.Sample);
    private readonly byte[] _json = Bytes(JsonOrder.Sample);

    [Benchmark(Baseline = true)]
    public Order Generated() => Read<Order>(_generated);

    [Benchmark]
    public Order MessagePackCSharp() => MessagePackSerializer.Deserialize<Order>(_messagePack);

    /// <summary>Its formatter alone, without what the serializer does around it.</summary>
    [Benchmark]
    public Order MessagePackCSharpFormatter()
    {
        var reader = new MessagePackReader(_messagePack);
        return Formatter.Deserialize(ref reader, MessagePackSerializerOptions.Standard);
    }

    [Benchmark]
    public JsonOrder GeneratedJson() => Read<JsonOrder>(_json);

    [Benchmark]
    public JsonOrder? SystemTextJson() => JsonSerializer.Deserialize(_json, OrderJson.Default.JsonOrder);

    private static T Read<T>(byte[] payload)
        where T : IAsynqTask<T> => T.Read(payload);

    private static byte[] Bytes<T>(T task)
        where T : IAsynqTask<T>
    {
        var output = new ArrayBufferWriter<byte>();
        T.Write(output, task);
        return output.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace Asynq.Typed.Benchmarks;

/// <summary>Writing a payload.</summary>
[MemoryDiagnoser]
public class WriteBenchmarks
{
    private static readonly IMessagePackFormatter<Order> Formatter = StandardResolver.Instance.GetFormatterWithVerify<Order>();

    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private Utf8JsonWriter _json = null!;

    [GlobalSetup]
    public void Setup() => _json = new Utf8JsonWriter(_output);

    [Benchmark(Baseline = true)]
    public void Generated()
    {
        _output.ResetWrittenCount();
        Write(_output, Order.Sample);
    }

    [Benchmark]
    public void MessagePackCSharp()
    {
        _output.ResetWrittenCount();
        MessagePackSerializer.Serialize(_output, Order.Sample);
    }

    /// <summary>Its formatter alone, without what the serializer does around it.</summary>
    [Benchmark]
    public void MessagePackCSharpFormatter()
    {
        _output.ResetWrittenCount();
        var writer = new MessagePackWriter(_output);
        Formatter.Serialize(ref writer, Order.Sample, MessagePackSerializerOptions.Standard);
        writer.Flush();
    }

    [Benchmark]
    public void GeneratedJson()
    {
        _output.ResetWrittenCount();
        Write(_output, JsonOrder.Sample);
    }

    [Benchmark]
    public void SystemTextJson()
    {
        _output.ResetWrittenCount();
        _json.Reset(_output);
        JsonSerializer.Serialize(_json, JsonOrder.Sample, OrderJson.Default.JsonOrder);
    }

    private static void Write<T>(ArrayBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);
}

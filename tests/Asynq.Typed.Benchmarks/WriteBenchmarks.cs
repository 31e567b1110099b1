using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MessagePack;

namespace Asynq.Typed.Benchmarks;

/// <summary>Writing a payload.</summary>
[MemoryDiagnoser]
public class WriteBenchmarks
{
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

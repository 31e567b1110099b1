using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Asynq.Typed.Server.Tests;

/// <summary>What the meter says of one queue.</summary>
internal sealed class Figures : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<double>> _durations = new();
    private readonly ConcurrentQueue<(string Instrument, IReadOnlyDictionary<string, object?> Tags)> _measured = new();
    private readonly string _queue;

    internal Figures(string queue)
    {
        _queue = queue;
        _listener.InstrumentPublished = static (instrument, meter) =>
        {
            if (instrument.Meter.Name == AsynqTelemetry.MeterName)
            {
                meter.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (IsOfQueue(tags))
            {
                _measured.Enqueue((instrument.Name, Copy(tags)));
                _sums.AddOrUpdate(instrument.Name, value, (_, before) => before + value);
            }
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (IsOfQueue(tags))
            {
                _measured.Enqueue((instrument.Name, Copy(tags)));
                _durations.GetOrAdd(instrument.Name, static _ => []).Enqueue(value);
            }
        });
        _listener.Start();
    }

    /// <summary>The sum of a counter.</summary>
    internal double this[string counter] => _sums.GetValueOrDefault(counter);

    /// <summary>What a histogram was given.</summary>
    internal IReadOnlyCollection<double> Durations(string histogram) =>
        _durations.TryGetValue(histogram, out var values) ? values : [];

    /// <summary>What was measured, in order, with its tags.</summary>
    internal IReadOnlyCollection<(string Instrument, IReadOnlyDictionary<string, object?> Tags)> Measured => _measured;

    public void Dispose() => _listener.Dispose();

    private static Dictionary<string, object?> Copy(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var copy = new Dictionary<string, object?>();
        foreach (var (name, tag) in tags)
        {
            copy.Add(name, tag);
        }

        return copy;
    }

    private bool IsOfQueue(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, tag) in tags)
        {
            if (name == "messaging.destination.name" && Equals(tag, _queue))
            {
                return true;
            }
        }

        return false;
    }
}

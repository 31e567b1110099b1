namespace Asynq.Typed.Transforms;

/// <summary>The transforms of a process, in the order in which they are applied.</summary>
internal sealed class TransformChain
{
    /// <summary>No transforms. What others compressed is read all the same.</summary>
    internal static readonly TransformChain None = new([]);

    private readonly PayloadTransform[] _writers;
    private readonly Dictionary<string, PayloadTransform> _readers = new(StringComparer.Ordinal);
    private readonly PayloadTransform? _hiding;

    /// <exception cref="ArgumentException">Two have the same name, one has a name that cannot be, or compression comes after
    /// encryption.</exception>
    internal TransformChain(IEnumerable<PayloadTransform> transforms)
    {
        _writers = [.. transforms];
        foreach (var transform in _writers)
        {
            Add(transform);
            _hiding ??= transform.HidesPayload ? transform : null;
        }

        // It needs no key: one process may compress before the others are told.
        var compress = new CompressPayload();
        _readers.TryAdd(compress.Name, compress);
    }

    /// <summary>Whether there are any to apply.</summary>
    internal bool IsEmpty => _writers.Length == 0;

    /// <summary>Whether what they make tells nothing of the payload.</summary>
    internal bool HidesPayload => _hiding is not null;

    /// <summary>Applies them.</summary>
    /// <param name="payload">The payload or result as it is serialized.</param>
    /// <param name="scope">What it belongs to.</param>
    /// <returns>What takes its place, and the header that says so; empty where it is as it was.</returns>
    /// <exception cref="PayloadException">One of them cannot; the message says why.</exception>
    internal (ReadOnlyMemory<byte> Bytes, string Header) Apply(ReadOnlyMemory<byte> payload, PayloadScope scope)
    {
        var header = "";
        foreach (var transform in _writers)
        {
            if (transform.Apply(payload, scope with { Before = header }) is not { } applied)
            {
                continue;
            }

            if (applied.Parameter is { } parameter && !PayloadHeader.IsParameter(parameter))
            {
                throw new PayloadException(
                    $"the transform '{transform.Name}' gave a parameter that cannot stand in a header: letters, digits, '-', '.' and '_'.");
            }

            payload = applied.Bytes;
            header = PayloadHeader.Append(header, PayloadHeader.Step(transform.Name, applied.Parameter));
        }

        return (payload, header);
    }

    /// <summary>Turns back what a header says was applied.</summary>
    /// <param name="bytes">The payload or result as it is stored.</param>
    /// <param name="header">What was applied; empty for nothing.</param>
    /// <param name="scope">What it belongs to.</param>
    /// <exception cref="PayloadException">It cannot be; the message says why and what to do.</exception>
    internal ReadOnlyMemory<byte> Undo(ReadOnlyMemory<byte> bytes, string header, PayloadScope scope)
    {
        var steps = header.Length == 0 ? [] : PayloadHeader.Read(header);
        foreach (var required in _writers.Where(transform => transform.IsRequired))
        {
            if (!steps.Any(step => step.Name == required.Name))
            {
                throw new PayloadException(
                    $"it did not go through '{required.Name}', which this process requires: whoever enqueued it does not use it.");
            }
        }

        foreach (var step in steps.Reverse())
        {
            bytes = ReaderOf(step.Name).Undo(bytes, step.Parameter, scope with { Before = step.Before });
        }

        return bytes;
    }

    /// <summary>Requires that what a header names can be applied again.</summary>
    /// <exception cref="PayloadException">This process does not apply one of them.</exception>
    internal void RequireWriters(string header)
    {
        foreach (var step in PayloadHeader.Read(header))
        {
            // Compression may be left out: it hides nothing.
            var reader = ReaderOf(step.Name);
            if (reader is not CompressPayload && !_writers.Contains(reader))
            {
                throw NotConfigured(step.Name);
            }
        }
    }

    /// <summary>What stands for a payload in its unique key, in hexadecimal; <c>null</c> for its plain digest.</summary>
    internal string? DigestUniqueKey(byte[] content, string queue, string type)
    {
        const int Size = 16;
        if (_hiding is null)
        {
            return null;
        }

        var digest = _hiding.DigestUniqueKey(content, queue, type);
        return digest.Length >= Size
            ? Convert.ToHexStringLower(digest.Span[..Size])
            : throw new PayloadException(
                $"the transform '{_hiding.Name}' gave a digest of {digest.Length} bytes for a unique key: it must have {Size} or more.");
    }

    private PayloadTransform ReaderOf(string name) => _readers.TryGetValue(name, out var reader) ? reader : throw NotConfigured(name);

    private static PayloadException NotConfigured(string name) => new(
        $"it went through the transform '{name}', which this process does not have: add it by UsePayloadTransform.");

    private void Add(PayloadTransform transform)
    {
        if (!PayloadHeader.IsName(transform.Name))
        {
            throw new ArgumentException(
                $"The payload transform {transform.GetType().Name} has the name '{transform.Name}': give it lower-case letters, digits "
                + "and hyphens, at least one and at most 64.");
        }

        if (!_readers.TryAdd(transform.Name, transform))
        {
            throw new ArgumentException(
                $"Two payload transforms have the name '{transform.Name}': leave one of them out. Older keys are given to the same "
                + $"{nameof(EncryptPayload)}.");
        }

        if (transform is CompressPayload && HidesPayload)
        {
            throw new ArgumentException(
                $"The payload transform '{transform.Name}' comes after '{_hiding!.Name}', whose bytes cannot be compressed: add it before.");
        }

    }
}

using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MessagePack;

namespace Asynq.Typed.Wire;

/// <summary>
/// Writes payloads in MessagePack. Generated code calls it and knows the shape of the task; what is refused is decided
/// here.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct PayloadWriter
{
    private MessagePackWriter _writer;
    private int _depth;

    private PayloadWriter(IBufferWriter<byte> output) => _writer = new MessagePackWriter(output);

    /// <summary>Writes a whole payload.</summary>
    /// <exception cref="PayloadException">A value cannot be written so that it would be read again; the message names
    /// it and the reason.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T task, PayloadWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(output);
        // Neither by ThrowIfNull nor without looking at the type: without optimization, a struct would be boxed.
        if (!typeof(T).IsValueType && task is null)
        {
            throw new ArgumentNullException(nameof(task));
        }

        WriteValue(output, task, write);
    }

    internal static void WriteValue<T>(IBufferWriter<byte> output, T value, PayloadWrite<T> write)
    {
        var writer = new PayloadWriter(output);
        write(ref writer, value);
        writer._writer.Flush();
    }

    /// <summary>Refuses a value whose run-time type is derived from <typeparamref name="T"/>: it would be written as
    /// its base, and its own members would be lost.</summary>
    /// <exception cref="PayloadException">It is.</exception>
    public static void RequireExact<T>(T value)
        where T : class
    {
        if (value.GetType() != typeof(T))
        {
            throw new PayloadException(
                $"A value of type '{value.GetType()}' cannot be written as its base '{typeof(T)}': its own members " +
                "would be lost. Give the derived type a task or a member of its own, or seal the base");
        }
    }

    /// <summary>The value itself, if its run-time type is not derived from <typeparamref name="T"/>.</summary>
    /// <exception cref="PayloadException">It is.</exception>
    public static T Exact<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireExact(value);
        return value;
    }

    /// <summary>Refuses a null where the type says that there is none.</summary>
    /// <exception cref="PayloadException">It is null.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T NotNull<T>([NotNull] T? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : class
    {
        if (value is null)
        {
            throw Null(name);
        }

        return value;
    }

    /// <summary>Starts an object or a dictionary.</summary>
    public void BeginMap(int count)
    {
        Enter();
        _writer.WriteMapHeader(count);
    }

    /// <summary>Starts a list.</summary>
    public void BeginList(int count)
    {
        Enter();
        _writer.WriteArrayHeader(count);
    }

    /// <summary>Ends the object or dictionary that was started last.</summary>
    public void End() => _depth--;

    /// <summary>Ends the list that was started last.</summary>
    public void EndList() => _depth--;

    /// <summary>Writes the name of a member.</summary>
    public void WriteName(scoped ReadOnlySpan<byte> name)
    {
        var header = HeaderLength(name.Length);
        var span = _writer.GetSpan(header + name.Length);
        WriteStringHeader(span, header, name.Length);
        name.CopyTo(span[header..]);
        _writer.Advance(header + name.Length);
    }

    /// <summary>Writes a null.</summary>
    public void WriteNull() => _writer.WriteNil();

    internal static PayloadException Null(string name) =>
        new($"{Member(name)} is null, but its type is not nullable");

    internal static PayloadException TooDeep() => new(
        $"The payload is nested more than {PayloadLimits.MaxDepth} deep: no reader would accept it");

    internal static PayloadException HalfPair(string name) =>
        new($"{Member(name)} holds half of a surrogate pair, which UTF-8 cannot express");

    /// <summary>The member that generated code calls <c>value.Member</c>.</summary>
    internal static string Member(string expression) =>
        expression[(expression.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private void Enter()
    {
        if (_depth == PayloadLimits.MaxDepth)
        {
            throw TooDeep();
        }

        _depth++;
    }
}

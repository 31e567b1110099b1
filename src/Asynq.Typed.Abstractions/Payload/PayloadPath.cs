using System.Globalization;
using System.Text;
using MessagePack;

namespace Asynq.Typed.Wire;

/// <summary>
/// Finds the name of the value at an offset, by reading the payload again from its start. So reading costs nothing for
/// the sake of error messages.
/// </summary>
internal ref struct PayloadPath
{
    private readonly long _target;
    private readonly StringBuilder _path = new();
    private readonly PayloadNames _names;
    private MessagePackReader _reader;

    private PayloadPath(ReadOnlyMemory<byte> payload, long target, PayloadNames names)
    {
        _names = names;
        _reader = new MessagePackReader(payload);
        _target = target;
    }

    /// <summary>The path of the value at <paramref name="target"/>, such as <c>Lines[2].Price</c>; empty for the
    /// payload itself.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="target">An offset in it.</param>
    /// <param name="names">The names of items on the way.</param>
    internal static string Find(ReadOnlyMemory<byte> payload, long target, PayloadNames names)
    {
        var search = new PayloadPath(payload, target, names);
        try
        {
            for (var depth = 0; depth <= PayloadLimits.MaxDepth && search.Descend(depth); depth++)
            {
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            // The bytes are damaged: what is known of the path up to there is the answer.
        }

        return search._path.ToString();
    }

    /// <summary>Goes one level down towards the target; <c>false</c> once it is reached.</summary>
    private bool Descend(int depth)
    {
        if (_reader.Consumed >= _target)
        {
            return false;
        }

        switch (_reader.NextMessagePackType)
        {
            case MessagePackType.Array:
                var items = _reader.ReadArrayHeader();
                for (var i = 0; i < items; i++)
                {
                    if (ReachesTarget())
                    {
                        AppendItem(i, _names.At(depth));
                        return true;
                    }
                }

                return false;
            case MessagePackType.Map:
                var members = _reader.ReadMapHeader();
                for (var i = 0; i < members; i++)
                {
                    if (_reader.Consumed == _target)
                    {
                        _path.Append("[key ").Append(i.ToString(CultureInfo.InvariantCulture)).Append(']');
                        return false;
                    }

                    var key = ReadKey();
                    if (ReachesTarget())
                    {
                        AppendMember(key);
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>Whether the target lies in the next value. If not, the value is passed over.</summary>
    private bool ReachesTarget()
    {
        var start = _reader.CreatePeekReader();
        try
        {
            if (!MessagePackSkip.Reaches(ref _reader, 0, _target))
            {
                return false;
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            // What cannot be passed over is where the reading failed.
        }

        _reader = start;
        return true;
    }

    private string ReadKey()
    {
        if (_reader.NextMessagePackType == MessagePackType.String && _reader.TryReadStringSpan(out var name))
        {
            var text = Encoding.UTF8.GetString(name[..Math.Min(name.Length, PayloadLimits.MaxShown)]);
            return name.Length > PayloadLimits.MaxShown ? text + "…" : text;
        }

        if (_reader.NextMessagePackType == MessagePackType.Integer)
        {
            return _reader.NextCode == MessagePackCode.UInt64
                ? _reader.ReadUInt64().ToString(CultureInfo.InvariantCulture)
                : _reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
        }

        MessagePackSkip.Value(ref _reader, 0);
        return "?";
    }

    // A count of more than 31 bits is an overflow to MessagePack's reader.
    private static bool IsDamage(Exception exception) =>
        exception is PayloadFault or EndOfStreamException or OverflowException or MessagePackSerializationException;

    private readonly void AppendItem(int index, string? name)
    {
        if (name is not null)
        {
            AppendMember(name);
            return;
        }

        _path.Append('[').Append(index.ToString(CultureInfo.InvariantCulture)).Append(']');
    }

    private readonly void AppendMember(string key)
    {
        if (key.Length == 0 || !key.All(c => char.IsLetterOrDigit(c) || c is '_' or '…') || char.IsDigit(key[0]))
        {
            _path.Append('[').Append(key).Append(']');
            return;
        }

        _path.Append(_path.Length == 0 ? "" : ".").Append(key);
    }
}

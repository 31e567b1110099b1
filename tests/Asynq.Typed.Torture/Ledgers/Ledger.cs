using System.Globalization;
using System.Text;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>
/// What one process has done, line by line, outside Redis. A line is on disk when <see cref="Write"/> returns, so it is there
/// whatever becomes of the process afterwards. The clock is the machine's, never one that is turned.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    public Ledger(string path) =>
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            BufferSize = 0,
            Options = FileOptions.WriteThrough,
        });

    /// <summary>Microseconds since 1970, by the machine's clock.</summary>
    public static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public void Write(Entry entry, string id, params ReadOnlySpan<string> fields)
    {
        lock (_lock)
        {
            // The time is taken within the lock, so that a ledger is in order.
            WriteAt(Now, entry, id, fields);
        }
    }

    /// <summary>Writes what happened at a time a little ago: waiting for the disk must not make it later than it was.</summary>
    public void WriteAt(long at, Entry entry, string id, params ReadOnlySpan<string> fields)
    {
        lock (_lock)
        {
            var line = new StringBuilder();
            line.Append(at.ToString(CultureInfo.InvariantCulture)).Append('\t').Append(entry).Append('\t').Append(id);
            foreach (var field in fields)
            {
                line.Append('\t').Append(field.ReplaceLineEndings(" ").Replace('\t', ' '));
            }

            _file.Write(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
        }
    }

    public void Dispose() => _file.Dispose();
}

using System.Security.Cryptography;
using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>
/// One Lua script, from the embedded file of its name. A line <c>--include name.lua</c> is replaced by that file: local
/// functions that several scripts need.
/// </summary>
internal sealed class Script
{
    private const string Include = "--include ";

    private Script(string name, string text)
    {
        Name = name;
        Text = text;
#pragma warning disable CA5350 // Redis knows scripts by their SHA-1: an address, not a protection
        Sha1 = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    internal string Name { get; }

    internal string Text { get; }

    /// <summary>The digest by which EVALSHA addresses the script.</summary>
    internal byte[] Sha1 { get; }

    /// <summary>The script in the embedded file <paramref name="name"/>, for instance <c>enqueue.lua</c>.</summary>
    internal static Script Load(string name)
    {
        var text = new StringBuilder();
        Append(text, name);
        return new Script(name, text.ToString());
    }

    private static void Append(StringBuilder text, string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"Script '{name}' is not embedded in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(Include, StringComparison.Ordinal))
            {
                Append(text, line[Include.Length..].Trim());
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }
    }
}

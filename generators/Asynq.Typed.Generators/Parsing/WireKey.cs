using System.Text;
using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The key of a member on the wire: a name, or a place in a list.</summary>
internal readonly struct WireKey
{
    /// <summary>The highest number of a member. A list has a place for each number up to it.</summary>
    public const int MaxIndex = 1023;

    private WireKey(string name, int index)
    {
        Name = name;
        Index = index;
    }

    public string Name { get; }

    /// <summary>The place in the list; -1 where the key is a name.</summary>
    public int Index { get; }

    /// <summary>The key of a member; <c>null</c> if it has none that can be used.</summary>
    public static WireKey? Of(ISymbol member, IParameterSymbol? parameter, WireOptions options)
    {
        if (member.FindOnMember(parameter, WellKnownNames.KeyAttribute) is { } pinned)
        {
            return FromAttribute(pinned, member.Name);
        }

        switch (options.Format)
        {
            case WireFormat.Json when member.Find(WellKnownNames.JsonName)?.Argument() is string name:
                return IsText(name) ? new WireKey(name, -1) : null;
            case WireFormat.MessagePack when member.ContainingType.Find(WellKnownNames.MessagePackObject) is { } layout:
                // Where the names are the keys, MessagePack-CSharp does not look at [Key].
                return layout.Argument() is true ? new WireKey(member.Name, -1)
                    : member.Find(WellKnownNames.MessagePackKey) is { } key ? FromAttribute(key, member.Name)
                    : null;
            default:
                return new WireKey(Rename(member.Name, options.Naming), -1);
        }
    }

    /// <summary>The key of a tuple's item.</summary>
    public static WireKey OfItem(string name, int index) => new(name, index);

    private static WireKey? FromAttribute(AttributeData attribute, string name) => attribute.Argument() switch
    {
        int index and >= 0 => new WireKey(name, index),
        string { Length: > 0 } pinned when IsText(pinned) => new WireKey(pinned, -1),
        _ => null,
    };

    /// <summary>Whether the key is valid UTF-16: half of a surrogate pair has no UTF-8.</summary>
    private static bool IsText(string key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            if (i + 1 < key.Length && char.IsSurrogatePair(key[i], key[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(key[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Rename(string name, WireNaming naming) => naming switch
    {
        WireNaming.CamelCase => Camel(name),
        WireNaming.SnakeCase => Separate(name, '_'),
        WireNaming.KebabCase => Separate(name, '-'),
        _ => name,
    };

    private static string Camel(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            // In URLPath, the P starts the next word.
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))
            {
                break;
            }

            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    private static string Separate(string name, char separator)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != separator)
            {
                text.Append(separator);
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}

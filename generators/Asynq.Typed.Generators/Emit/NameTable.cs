using System.Globalization;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Gives names that are used once in a scope.</summary>
internal sealed class NameTable
{
    private readonly HashSet<string> _taken;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public NameTable(params string[] reserved) => _taken = new HashSet<string>(reserved, StringComparer.Ordinal);

    /// <summary>The name of a thing: the wished one, with a number behind it where that is taken.</summary>
    /// <param name="thing">What is named; the same thing gets the same name.</param>
    /// <param name="wish">What it should be called.</param>
    public string Name(string thing, string wish)
    {
        if (_names.TryGetValue(thing, out var known))
        {
            return known;
        }

        // To the compiler, @name and name are one.
        var name = wish;
        for (var i = 2; !_taken.Add(name.TrimStart('@')); i++)
        {
            name = wish + i.ToString(CultureInfo.InvariantCulture);
        }

        _names.Add(thing, name);
        return name;
    }

    /// <summary>A name for a local variable.</summary>
    public string Local(string member)
    {
        var bare = member.TrimStart('@');
        var start = bare.TrimStart('_');
        var camel = start.Length == 0 ? "member" : char.ToLowerInvariant(start[0]) + start.Substring(1);
        return Name(member, camel switch
        {
            // In a pattern, they are operators.
            "and" or "or" or "not" or "when" => "@" + camel,
            _ => Parsing.TypeText.Identifier(char.IsDigit(camel[0]) ? "member" + camel : camel),
        });
    }
}

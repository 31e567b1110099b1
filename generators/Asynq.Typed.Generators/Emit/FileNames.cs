using System.Globalization;
using System.Text;
using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>The names of generated files. The compiler asks that they differ in more than upper and lower case.</summary>
internal static class FileNames
{
    /// <summary>Those of the names that another one equals but for upper and lower case.</summary>
    public static EquatableArray<string> Colliding(IEnumerable<string> names) => names
        .Distinct(StringComparer.Ordinal)
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .SelectMany(group => group)
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToEquatableArray();

    /// <summary>The file of a type.</summary>
    public static string Of(string fullName, EquatableArray<string> colliding)
    {
        var name = new StringBuilder();
        foreach (var character in fullName)
        {
            if (char.IsLetterOrDigit(character) || character is '.' or '+' or '_')
            {
                name.Append(character);
            }
            else
            {
                name.Append('-').Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        if (colliding.Contains(fullName, StringComparer.Ordinal))
        {
            name.Append('-').Append(Hash(fullName).ToString("x8", CultureInfo.InvariantCulture));
        }

        return name.Append(".g.cs").ToString();
    }

    /// <summary>FNV-1a: <c>string.GetHashCode</c> differs from process to process.</summary>
    public static uint Hash(string text)
    {
        var hash = 2166136261;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 16777619);
        }

        return hash;
    }
}

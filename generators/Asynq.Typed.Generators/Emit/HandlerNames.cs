using System.Globalization;
using System.Text;

namespace Asynq.Typed.Generators.Emit;

/// <summary>
/// What the handlers of an assembly are called: <c>Shop.Worker</c> → <c>ShopWorker</c>. A name that others could have as well
/// carries a mark of the assembly's whole name, which is the same in each build.
/// </summary>
internal static class HandlerNames
{
    /// <summary>The start of the names of the classes: that of no other assembly, so that a call can name the one that is
    /// meant.</summary>
    public static string Class(string assembly) =>
        assembly.Split('.').All(part => IsPascal(part) && part.Skip(1).All(character => !char.IsUpper(character)))
            ? Identifier(assembly)
            : Marked(assembly);

    /// <summary>The middle of the method's name. Of names in Pascal case, only the dots are left out.</summary>
    public static string Method(string assembly) =>
        assembly.Split('.').All(IsPascal) ? Identifier(assembly) : Marked(assembly);

    private static bool IsPascal(string part) => part.Length > 0 && char.IsUpper(part[0]) && part.All(char.IsLetterOrDigit);

    private static string Marked(string assembly) =>
        Identifier(assembly) + FileNames.Hash(assembly).ToString("X8", CultureInfo.InvariantCulture);

    /// <summary>The assembly's name without what an identifier cannot hold.</summary>
    private static string Identifier(string assembly)
    {
        var name = new StringBuilder();
        foreach (var character in assembly.Where(character => char.IsLetterOrDigit(character) || character == '_'))
        {
            name.Append(character);
        }

        return name.Length > 0 && char.IsDigit(name[0]) ? "_" + name : name.ToString();
    }
}

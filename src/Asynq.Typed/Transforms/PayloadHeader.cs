using System.Buffers;

namespace Asynq.Typed.Transforms;

/// <summary>The header of a task whose payload was transformed: <c>br,aes-gcm:2026-11</c>, in the order of application.</summary>
internal static class PayloadHeader
{
    internal const string Name = TaskInfo.TransformHeader;

    /// <summary>More than any set of transforms makes of itself: what is longer was not written by this library.</summary>
    internal const int MaxLength = 512;

    private const int MaxPartLength = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> ParameterCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    internal static bool IsName(string text) => IsPart(text, NameCharacters);

    internal static bool IsParameter(string text) => IsPart(text, ParameterCharacters);

    /// <summary>What was applied, as one step of the header.</summary>
    internal static string Step(string name, string? parameter) => parameter is null ? name : $"{name}:{parameter}";

    /// <summary>The steps behind each other.</summary>
    internal static string Append(string before, string step) => before.Length == 0 ? step : $"{before},{step}";

    /// <summary>Reads a header, each transform at most once.</summary>
    /// <exception cref="PayloadException">It is not one.</exception>
    internal static IReadOnlyList<PayloadStep> Read(string header)
    {
        var steps = new List<PayloadStep>();
        var before = "";
        foreach (var text in header.Length <= MaxLength ? header.Split(',') : [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var (name, parameter) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
            if (!IsName(name) || (parameter is not null && !IsParameter(parameter)) || steps.Exists(step => step.Name == name))
            {
                throw NoHeader();
            }

            steps.Add(new PayloadStep(name, parameter ?? "", before));
            before = Append(before, text);
        }

        return steps.Count > 0 ? steps : throw NoHeader();
    }

    // The header itself is left out: it may hold anything, and the message is logged and stored.
    private static PayloadException NoHeader() =>
        new($"its header '{Name}' is no list of transforms: it was not written by this library.");

    private static bool IsPart(string text, SearchValues<char> characters) =>
        text.Length is > 0 and <= MaxPartLength && !text.AsSpan().ContainsAnyExcept(characters);
}

/// <summary>One step of a header.</summary>
/// <param name="Name">The transform.</param>
/// <param name="Parameter">Its parameter; empty for none.</param>
/// <param name="Before">The steps before it, as the header says them.</param>
internal readonly record struct PayloadStep(string Name, string Parameter, string Before);

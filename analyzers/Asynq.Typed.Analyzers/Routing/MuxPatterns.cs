using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The patterns that a project gives to muxes.</summary>
internal sealed class MuxPatterns
{
    private static readonly ConditionalWeakTable<Compilation, Lazy<MuxPatterns>> Made = new();

    private MuxPatterns(ImmutableHashSet<string>? all) => All = all;

    /// <summary>The patterns; <c>null</c> where one of them cannot be told.</summary>
    internal ImmutableHashSet<string>? All { get; }

    internal static MuxPatterns In(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new(() => new MuxPatterns(Find(compilation, symbols)))).Value;

    internal static IOperation? PatternOf(IInvocationOperation call, AsynqSymbols symbols) =>
        symbols.IsMuxHandle(call.TargetMethod)
            ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value
            : null;

    private static ImmutableHashSet<string>? Find(Compilation compilation, AsynqSymbols symbols)
    {
        var found = ImmutableHashSet.CreateBuilder(StringComparer.Ordinal);
        foreach (var call in InvokedNames.CallsOf("Handle", compilation))
        {
            if (PatternOf(call, symbols) is not { } pattern)
            {
                continue;
            }

            if (!ConstantStrings.TryGet(pattern, out var text) || text is null)
            {
                return null;
            }

            found.Add(text);
        }

        return found.ToImmutable();
    }
}

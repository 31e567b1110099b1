using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>What a compilation must offer for the generated code to compile. Below it nothing is generated.</summary>
internal static class GenerationFloor
{
    /// <summary>Generated code gives the values of a <c>params</c> span.</summary>
    public const LanguageVersion Language = LanguageVersion.CSharp13;

    /// <summary>What is missing and what to set, as the end of a sentence; <c>null</c> where nothing is.</summary>
    public static string? Fault(Compilation compilation)
    {
        if (compilation is CSharpCompilation { LanguageVersion: < Language } csharp)
        {
            return $"the language version is {csharp.LanguageVersion.ToDisplayString()}, set <LangVersion> to "
                + $"{Language.ToDisplayString()} or later";
        }

        return compilation.SupportsRuntimeCapability(RuntimeCapability.VirtualStaticsInInterfaces)
            ? null
            : "the target framework has no static abstract interface members, set <TargetFramework> to net10.0 or later";
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>What a compilation must offer for the generated code to compile.</summary>
internal static class GenerationFloor
{
    internal const LanguageVersion Language = LanguageVersion.CSharp14;

    internal static string? Fault(Compilation compilation)
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

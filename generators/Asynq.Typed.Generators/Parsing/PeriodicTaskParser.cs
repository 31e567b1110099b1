using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns tasks that are enqueued again and again into models.</summary>
internal static class PeriodicTaskParser
{
    private const string Runtime = "Asynq.Typed";

    /// <summary>The entries of a task that is declared in this assembly.</summary>
    public static EquatableArray<PeriodicTaskModel> Parse(GeneratorAttributeSyntaxContext target) =>
        Parse((INamedTypeSymbol)target.TargetSymbol).ToEquatableArray();

    /// <summary>The entries of a task; none where nothing can be made of it.</summary>
    public static IEnumerable<PeriodicTaskModel> Parse(INamedTypeSymbol task)
    {
        if (task.Find(WellKnownNames.TaskAttribute)?.Argument() is not string type
            || !HandlerParser.IsReachable(task)
            || !task.InstanceConstructors.Any(constructor => IsCallableWithoutArguments(constructor, task)))
        {
            yield break;
        }

        foreach (var attribute in task.FindAll(WellKnownNames.PeriodicAttribute))
        {
            if (attribute.Argument() is string schedule)
            {
                yield return new PeriodicTaskModel(
                    TypeText.Of(task),
                    schedule,
                    attribute.Setting("TimeZone") as string,
                    attribute.Setting("Name") as string ?? type,
                    task.InstanceConstructors.Append<ISymbol>(task).Any(Obsolescence.IsMarked));
            }
        }
    }

    /// <summary>Whether the task's own assembly has the runtime, and so registers it.</summary>
    public static bool IsRegisteredByItsAssembly(INamedTypeSymbol task, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(task.ContainingAssembly, compilation.Assembly)
        || task.ContainingAssembly.Modules.Any(module =>
            module.ReferencedAssemblies.Any(reference => reference.Name == Runtime));

    private static bool IsCallableWithoutArguments(IMethodSymbol constructor, INamedTypeSymbol task) =>
        constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
        && constructor.Parameters.All(parameter => parameter.HasExplicitDefaultValue || parameter.IsParams)
        && (constructor.Has("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute")
            || !MemberFinder.Levels(task).SelectMany(level => level.GetMembers()).Any(MemberFinder.IsRequired));
}

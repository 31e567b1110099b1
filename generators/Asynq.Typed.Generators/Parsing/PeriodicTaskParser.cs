using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns tasks that are enqueued again and again into models.</summary>
internal static class PeriodicTaskParser
{
    private const string Runtime = "Asynq.Typed";

    /// <summary>The entries of a task that is declared in this assembly.</summary>
    public static EquatableArray<PeriodicTaskModel> Parse(GeneratorAttributeSyntaxContext target) =>
        Parse((INamedTypeSymbol)target.TargetSymbol, target.TargetSymbol.ContainingAssembly).ToEquatableArray();

    /// <summary>The entries of a task; none where nothing can be made of it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="assembly">The assembly that registers it.</param>
    public static IEnumerable<PeriodicTaskModel> Parse(INamedTypeSymbol task, IAssemblySymbol assembly)
    {
        if (task.Find(WellKnownNames.TaskAttribute)?.Argument() is not string type
            || TaskParser.DeclarationFault(task) is not null
            || Fault(task, assembly) is not null)
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
                    CautionsOf(task));
            }
        }
    }

    /// <summary>What generated code cannot do with a task that is enqueued again and again, and what to do, as the end of a
    /// sentence; <c>null</c> where it can do all.</summary>
    public static string? Fault(INamedTypeSymbol task, IAssemblySymbol assembly)
    {
        if (!Reach.IsSeen(task, assembly))
        {
            return "name it: make it, and the types around it, internal or public";
        }

        var callable = task.InstanceConstructors.Where(constructor => IsCallableWithoutArguments(constructor, task, assembly)).ToList();
        return callable.Count == 1 || callable.Exists(constructor => constructor.Parameters.IsEmpty)
            ? null
            : "make one: give it one constructor, internal or public, that needs no arguments, and no required members beside it";
    }

    private static CautionModel CautionsOf(INamedTypeSymbol task)
    {
        var cautions = new Cautions();
        foreach (var constructor in task.InstanceConstructors)
        {
            cautions.Add(constructor);
        }

        return cautions.Model;
    }

    /// <summary>Whether the task's own assembly has the runtime, and so registers it.</summary>
    public static bool IsRegisteredByItsAssembly(INamedTypeSymbol task, Compilation compilation) =>
        task.ContainingAssembly is null
        || SymbolEqualityComparer.Default.Equals(task.ContainingAssembly, compilation.Assembly)
        || task.ContainingAssembly.Modules.Any(module =>
            module.ReferencedAssemblies.Any(reference => reference.Name == Runtime));

    private static bool IsCallableWithoutArguments(IMethodSymbol constructor, INamedTypeSymbol task, IAssemblySymbol assembly) =>
        Reach.IsSeen(constructor, assembly)
        && constructor.Parameters.All(parameter => parameter.HasExplicitDefaultValue || parameter.IsParams)
        && (constructor.Has("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute")
            || !MemberFinder.Levels(task).SelectMany(level => level.GetMembers()).Any(MemberFinder.IsRequired));
}

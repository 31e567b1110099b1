using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes the file of an assembly's handlers: the module that dispatches to them, and the method that
/// registers them.</summary>
internal static class HandlerEmitter
{
    private const string Dependencies = "global::Microsoft.Extensions.DependencyInjection";

    /// <summary>The file; <c>null</c> where there is nothing to register or nothing to register it with.</summary>
    public static SourceFile? Emit(
        IReadOnlyList<HandlerModel> handlers,
        IReadOnlyList<EquatableArray<PeriodicTaskModel>> declared,
        AssemblyModel assembly)
    {
        var periodic = declared
            .SelectMany(entries => entries)
            .Concat(handlers.SelectMany(handler => handler.PeriodicTasks))
            .Distinct()
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ThenBy(entry => entry.Schedule, StringComparer.Ordinal)
            .ThenBy(entry => entry.CSharp, StringComparer.Ordinal)
            .ThenBy(entry => entry.TimeZone, StringComparer.Ordinal)
            .ToList();
        if (!assembly.HasRuntime || handlers.Count + periodic.Count == 0)
        {
            return null;
        }

        var ordered = handlers.OrderBy(handler => handler.CSharp, StringComparer.Ordinal).ToList();
        var name = HandlerNames.Class(assembly.Name);
        var source = FileHeader.Start(Cautions.Join(
            ordered.Select(handler => handler.Cautions).Concat(periodic.Select(entry => entry.Cautions))));
        EmitFaults(source, ordered);
        EmitHandledTasks(source, ordered);
        source.Line("namespace Asynq.Typed;").Line();
        EmitRegistration(source, name, assembly.Name, ordered, periodic);
        source.Line();
        new ModuleEmitter(source, name, assembly.Name, ordered).Emit();
        return new SourceFile($"{name}Handlers.module.g.cs", source.ToString());
    }

    /// <summary>What cannot be registered stops the build: its tasks would find no handler.</summary>
    private static void EmitFaults(SourceWriter source, List<HandlerModel> handlers)
    {
        foreach (var fault in handlers.SelectMany(handler => handler.Faults))
        {
            source.Line("#error " + fault);
        }
    }

    /// <summary>Says in metadata what is handled, for the analyzers of the assemblies that refer to this one.</summary>
    private static void EmitHandledTasks(SourceWriter source, List<HandlerModel> handlers)
    {
        var handled = handlers
            .SelectMany(handler => handler.Tasks.Select(task => (task.Type, Handler: handler.CSharp)))
            .OrderBy(pair => pair.Type, StringComparer.Ordinal)
            .ToList();
        foreach (var (type, handler) in handled)
        {
            source.Line("[assembly: global::Asynq.Typed.HandledTask(" +
                $"{Literal.Of(type)}, {Literal.Of(handler.Replace("global::", ""))})]");
        }

        if (handled.Count > 0)
        {
            source.Line();
        }
    }

    private static void EmitRegistration(
        SourceWriter source, string name, string assembly, List<HandlerModel> handlers, List<PeriodicTaskModel> periodic)
    {
        source
            .Line($"/// <summary>Registers the task handlers of {Xml(assembly)}.</summary>")
            .Line(FileHeader.GeneratedCode)
            .Open($"public static class {name}HandlersExtensions")
            .Line("/// <summary>")
            .Line($"/// Adds the task handlers of {Xml(assembly)}: each is resolved from the scope of the task that it is")
            .Line("/// given. A handler that is registered already keeps its registration. A second call changes nothing.")
            .Line("/// </summary>")
            .Line("/// <param name=\"builder\">Where to add them.</param>")
            .Line("/// <returns>The same builder.</returns>")
            .Open("public static global::Asynq.Typed.AsynqBuilder " +
                $"Add{HandlerNames.Method(assembly)}Handlers(this global::Asynq.Typed.AsynqBuilder builder)")
            .Line("global::System.ArgumentNullException.ThrowIfNull(builder);")
            .Open($"if (!builder.TryAddHandlers({name}HandlerModule.Instance))")
            .Line("return builder;")
            .Close()
            .Line();
        foreach (var handler in handlers)
        {
            source
                .Line($"{Dependencies}.Extensions.ServiceCollectionDescriptorExtensions")
                .Indent()
                .Line($".TryAddTransient<{handler.CSharp}>(builder.Services);")
                .Outdent();
        }

        foreach (var entry in periodic)
        {
            EmitPeriodicTask(source, entry);
        }

        source
            .Line("return builder;")
            .Close()
            .Close();
    }

    private static void EmitPeriodicTask(SourceWriter source, PeriodicTaskModel entry)
    {
        source
            .Line("global::Asynq.Typed.SchedulerBuilderExtensions.AddPeriodicTask(")
            .Indent()
            .Line("builder,")
            .Line($"global::Asynq.Typed.PeriodicTask.Create({Literal.Of(entry.Schedule)}, new {entry.CSharp}()) with")
            .Line("{")
            .Indent()
            .Line($"Name = {Literal.Of(entry.Name)},");
        if (entry.TimeZone is { } zone)
        {
            source.Line($"TimeZone = global::System.TimeZoneInfo.FindSystemTimeZoneById({Literal.Of(zone)}),");
        }

        source.Outdent().Line("});").Outdent();
    }

    /// <summary>A text as it is written in a documentation comment.</summary>
    public static string Xml(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}

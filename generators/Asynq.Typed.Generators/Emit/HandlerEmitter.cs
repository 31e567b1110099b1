using System.Text;
using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes the file of an assembly's handlers: the module that dispatches to them, and the method that
/// registers them.</summary>
internal static class HandlerEmitter
{
    private const string Task = "global::System.Threading.Tasks.Task";
    private const string Cancellation = "global::System.Threading.CancellationToken";
    private const string Context = "global::Asynq.Typed.TaskContext";
    private const string Dependencies = "global::Microsoft.Extensions.DependencyInjection";

    /// <summary>The file; <c>null</c> where there is nothing to register or nothing to register it with.</summary>
    public static SourceFile? Emit(EquatableArray<HandlerModel> handlers, AssemblyModel assembly)
    {
        if (!assembly.HasRuntime || handlers.Count == 0)
        {
            return null;
        }

        var ordered = handlers.OrderBy(handler => handler.CSharp, StringComparer.Ordinal).ToList();
        var name = Identifier(assembly.Name);
        var source = FileHeader.Start().Line("namespace Asynq.Typed;").Line();
        EmitRegistration(source, name, assembly.Name, ordered);
        source.Line();
        EmitModule(source, name, assembly.Name, Routes(ordered));
        return new SourceFile($"{name}Handlers.module.g.cs", source.ToString());
    }

    /// <summary>One route for each task type. Where two handlers claim one, the build fails in the analyzers; here the
    /// first by name gets it.</summary>
    private static List<Route> Routes(List<HandlerModel> handlers)
    {
        var methods = new NameTable("Tasks", "TryDispatch", "Describe");
        return
        [
            .. handlers
                .SelectMany(handler => handler.Tasks.Select(task => (handler, task)))
                .GroupBy(pair => pair.task.Type, StringComparer.Ordinal)
                .Select(group => group.First())
                .OrderBy(pair => pair.task.Type, StringComparer.Ordinal)
                .Select(pair => new Route(
                    pair.handler.CSharp, pair.task, methods.Name(pair.task.Type, "Handle" + pair.task.Name))),
        ];
    }

    private static void EmitRegistration(
        SourceWriter source, string name, string assembly, List<HandlerModel> handlers)
    {
        source
            .Line($"/// <summary>Registers the task handlers of {Xml(assembly)}.</summary>")
            .Line(FileHeader.GeneratedCode)
            .Open($"public static class {name}HandlersExtensions")
            .Line("/// <summary>")
            .Line($"/// Adds the task handlers of {Xml(assembly)}: each is resolved from the scope of the task that it is")
            .Line("/// given. A handler that is registered already keeps its registration.")
            .Line("/// </summary>")
            .Line("/// <param name=\"builder\">Where to add them.</param>")
            .Line("/// <returns>The same builder.</returns>")
            .Open("public static global::Asynq.Typed.AsynqBuilder " +
                $"Add{name}Handlers(this global::Asynq.Typed.AsynqBuilder builder)")
            .Line("global::System.ArgumentNullException.ThrowIfNull(builder);");
        foreach (var handler in handlers)
        {
            source.Line(
                $"{Dependencies}.Extensions.ServiceCollectionDescriptorExtensions.TryAddScoped<{handler.CSharp}>(builder.Services);");
        }

        source.Line($"return builder.AddHandlers(new {name}HandlerModule());").Close().Close();
    }

    private static void EmitModule(SourceWriter source, string name, string assembly, List<Route> routes)
    {
        source
            .Line($"/// <summary>Dispatches tasks to the handlers of {Xml(assembly)}.</summary>")
            .Line(FileHeader.GeneratedCode)
            .Open($"internal sealed class {name}HandlerModule : global::Asynq.Typed.HandlerModule")
            .Line("/// <inheritdoc />")
            .Line("public override global::System.Collections.Generic.IReadOnlyList<global::Asynq.Typed.TaskDescriptor> " +
                "Tasks { get; } =")
            .Line("[")
            .Indent();
        foreach (var route in routes)
        {
            source.Line($"Describe<{route.Task.CSharp}>(),");
        }

        source.Outdent().Line("];").Line();
        EmitDispatch(source, routes);
        foreach (var route in routes)
        {
            EmitRoute(source, route);
        }

        source
            .Line()
            .Line("private static global::Asynq.Typed.TaskDescriptor Describe<TTask>()")
            .Indent()
            .Line("where TTask : global::Asynq.Typed.IAsynqTask<TTask> => TTask.Descriptor;")
            .Outdent()
            .Close();
    }

    private static void EmitDispatch(SourceWriter source, List<Route> routes)
    {
        source
            .Line("/// <inheritdoc />")
            .Line("public override bool TryDispatch(")
            .Indent()
            .Line($"{Context} context,")
            .Line($"[global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out {Task}? running,")
            .Line($"{Cancellation} cancellationToken)")
            .Outdent()
            .Line("{")
            .Indent()
            .Open("switch (context.Type)");
        foreach (var route in routes)
        {
            source
                .Line($"case {Literal.Of(route.Task.Type)}:")
                .Indent()
                .Line($"running = {route.Method}(context, cancellationToken);")
                .Line("return true;")
                .Outdent();
        }

        source
            .Line("default:")
            .Indent()
            .Line("running = null;")
            .Line("return false;")
            .Outdent()
            .Close()
            .Close();
    }

    private static void EmitRoute(SourceWriter source, Route route) => source
        .Line()
        .Open($"private static {Task} {route.Method}({Context} context, {Cancellation} cancellationToken)")
        .Line($"var task = context.ReadPayload<{route.Task.CSharp}>();")
        .Line($"global::Asynq.Typed.IHandle<{route.Task.CSharp}> handler =")
        .Indent()
        .Line($"{Dependencies}.ServiceProviderServiceExtensions.GetRequiredService<{route.Handler}>(context.Services);")
        .Outdent()
        .Line("return handler.HandleAsync(task, context, cancellationToken);")
        .Close();

    /// <summary>The assembly's name without what an identifier cannot hold: <c>Shop.Worker</c> → <c>ShopWorker</c>.</summary>
    private static string Identifier(string assembly)
    {
        var name = new StringBuilder();
        foreach (var character in assembly)
        {
            if (char.IsLetterOrDigit(character) || character == '_')
            {
                name.Append(character);
            }
        }

        return name.ToString();
    }

    private static string Xml(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    private readonly struct Route(string handler, HandledTaskModel task, string method)
    {
        public string Handler { get; } = handler;

        public HandledTaskModel Task { get; } = task;

        public string Method { get; } = method;
    }
}

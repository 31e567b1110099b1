using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes the module of an assembly's handlers.</summary>
internal sealed class ModuleEmitter
{
    private const string Task = "global::System.Threading.Tasks.Task";
    private const string Cancellation = "global::System.Threading.CancellationToken";
    private const string Context = "global::Asynq.Typed.TaskContext";
    private const string List = "global::System.Collections.Generic.IReadOnlyList";
    private const string GetService =
        "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService";

    private readonly SourceWriter _source;
    private readonly string _name;
    private readonly string _assembly;
    private readonly List<HandlerModel> _handlers;
    private readonly List<Route> _routes;

    public ModuleEmitter(SourceWriter source, string name, string assembly, List<HandlerModel> handlers)
    {
        _source = source;
        _name = name;
        _assembly = assembly;
        _handlers = handlers;
        _routes = Routes(handlers);
    }

    public void Emit()
    {
        _source
            .Line($"/// <summary>Dispatches tasks to the handlers of {HandlerEmitter.Xml(_assembly)}.</summary>")
            .Line(FileHeader.GeneratedCode)
            .Open($"internal sealed class {_name}HandlerModule : global::Asynq.Typed.HandlerModule")
            .Line("/// <summary>The one instance, by which a second registration is known.</summary>")
            .Line($"public static readonly {_name}HandlerModule Instance = new();")
            .Line();
        EmitTasks();
        EmitAggregators();
        EmitDispatch();
        foreach (var route in _routes)
        {
            EmitRoute(route);
        }

        if (_routes.Count > 0)
        {
            _source
                .Line()
                .Line("private static global::Asynq.Typed.TaskDescriptor Describe<TTask>()")
                .Indent()
                .Line("where TTask : global::Asynq.Typed.IAsynqTask<TTask> => TTask.Descriptor;")
                .Outdent();
        }

        foreach (var route in _routes)
        {
            EmitResult(route);
        }

        _source.Close();
    }

    /// <summary>One route for each task type. Where two handlers claim one, the build fails in the analyzers; here the
    /// first by name gets it.</summary>
    private static List<Route> Routes(List<HandlerModel> handlers)
    {
        var methods = new NameTable("Instance", "Tasks", "Aggregators", "TryDispatch", "Describe");
        return
        [
            .. handlers
                .SelectMany(handler => handler.Tasks.Select(task => (handler, task)))
                .GroupBy(pair => pair.task.Type, StringComparer.Ordinal)
                .Select(group => group.First())
                .OrderBy(pair => pair.task.Type, StringComparer.Ordinal)
                .Select(pair => NewRoute(pair.handler.CSharp, pair.task)),
        ];

        Route NewRoute(string handler, HandledTaskModel task)
        {
            var method = methods.Name(task.Type, "Handle" + task.Name);
            return new Route(handler, task, method, methods.Name("result of " + task.Type, method + "Result"));
        }
    }

    private void EmitTasks()
    {
        _source.Line("/// <inheritdoc />");
        if (_routes.Count == 0)
        {
            _source.Line($"public override {List}<global::Asynq.Typed.TaskDescriptor> Tasks => [];");
            return;
        }

        _source
            .Line($"public override {List}<global::Asynq.Typed.TaskDescriptor> Tasks {{ get; }}")
            .Indent()
            .Line("= [")
            .Indent();
        foreach (var route in _routes)
        {
            _source.Line($"Describe<{route.Task.CSharp}>(),");
        }

        _source.Outdent().Line("];").Outdent();
    }

    private void EmitAggregators()
    {
        var groups = _handlers
            .SelectMany(handler => handler.Groups.Select(group => (handler, group)))
            .GroupBy(pair => pair.group.Type, StringComparer.Ordinal)
            .Select(same => same.First())
            .OrderBy(pair => pair.group.Type, StringComparer.Ordinal)
            .ToList();
        if (groups.Count == 0)
        {
            return;
        }

        _source
            .Line()
            .Line("/// <inheritdoc />")
            .Line($"public override {List}<global::Asynq.Typed.GroupAggregator> Aggregators {{ get; }}")
            .Indent()
            .Line("= [")
            .Indent();
        foreach (var (handler, group) in groups)
        {
            _source.Line(
                $"new global::Asynq.Typed.GroupAggregator<{group.Task}, {group.Batch}, {handler.CSharp}>(),");
        }

        _source.Outdent().Line("];").Outdent();
    }

    private void EmitDispatch()
    {
        _source
            .Line()
            .Line("/// <inheritdoc />")
            .Line("public override bool TryDispatch(")
            .Indent()
            .Line($"{Context} context,")
            .Line($"[global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out {Task}? running,")
            .Line($"{Cancellation} cancellationToken)")
            .Outdent()
            .Line("{")
            .Indent();
        if (_routes.Count == 0)
        {
            _source.Line("running = null;").Line("return false;").Close();
            return;
        }

        _source.Open("switch (context.Type)");
        foreach (var route in _routes)
        {
            _source
                .Line($"case {Literal.Of(route.Task.Type)}:")
                .Indent()
                .Line($"running = {route.Method}(context, cancellationToken);")
                .Line("return true;")
                .Outdent();
        }

        _source
            .Line("default:")
            .Indent()
            .Line("running = null;")
            .Line("return false;")
            .Outdent()
            .Close()
            .Close();
    }

    private void EmitRoute(Route route)
    {
        var isAsync = route.Task.Result is null ? "" : "async ";
        var contract = route.Task.Result is { } result
            ? $"global::Asynq.Typed.IHandle<{route.Task.CSharp}, {result.Type.Declaration}>"
            : $"global::Asynq.Typed.IHandle<{route.Task.CSharp}>";
        _source
            .Line()
            .Open($"private static {isAsync}{Task} {route.Method}({Context} context, {Cancellation} cancellationToken)")
            .Line($"var task = context.ReadPayload<{route.Task.CSharp}>();")
            .Line($"{contract} handler =")
            .Indent()
            .Line($"{GetService}<{route.Handler}>(context.Services);")
            .Outdent();
        switch (route.Task.Result?.Format)
        {
            case null:
                _source.Line("return handler.HandleAsync(task, context, cancellationToken);");
                break;
            case WireFormat.Raw:
                EmitAwait("context.WriteResultAsync(result, cancellationToken)");
                break;
            default:
                EmitAwait("global::Asynq.Typed.Wire.PayloadResult.WriteAsync(" +
                    $"context, result, {route.ResultClass}.Write, cancellationToken)");
                break;
        }

        _source.Close();

        void EmitAwait(string write) => _source
            .Line("var result = await handler.HandleAsync(task, context, cancellationToken).ConfigureAwait(false);")
            .Line($"await {write}.ConfigureAwait(false);");
    }

    /// <summary>The class that knows the shape of what a handler returns.</summary>
    private void EmitResult(Route route)
    {
        if (route.Task.Result is not { Format: not WireFormat.Raw } result)
        {
            return;
        }

        var wire = WireTypes.Of(result.Format);
        var shapes = new ShapeEmitter(_source, wire, result.Shapes, result.Unions);
        _source.Line();
        FileHeader.MarkObsolete(_source, result.Cautions.IsObsolete);
        _source
            .Open($"private static class {route.ResultClass}")
            .Open($"public static void Write(ref {wire.Writer} writer, {result.Type.Declaration} value)");
        shapes.Values.Write(result.Type, "value", "present");
        _source.Close();
        shapes.EmitWrites();
        _source.Close();
    }

    private readonly struct Route(string handler, HandledTaskModel task, string method, string resultClass)
    {
        public string Handler { get; } = handler;

        public HandledTaskModel Task { get; } = task;

        public string Method { get; } = method;

        public string ResultClass { get; } = resultClass;
    }
}

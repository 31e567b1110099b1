using System.Globalization;
using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes the file of a task: the partial type that implements the contract, and the shapes behind it.</summary>
internal static class TaskEmitter
{
    private const string Wire = "global::Asynq.Typed.Wire";

    public static SourceFile Emit(TaskModel task, EquatableArray<string> colliding)
    {
        var source = FileHeader.Start(task.Cautions);
        if (task.Containers.Append(task.Declaration).Any(IsLowerCase))
        {
            source.Line("#pragma warning disable CS8981 // The name is the user's.").Line();
        }

        if (task.Namespace.Length > 0)
        {
            source.Line($"namespace {task.Namespace};").Line();
        }

        foreach (var container in task.Containers)
        {
            source.Open($"partial {container}");
        }

        var result = task.Result is null ? "" : $", {ResultContract(task)}";
        source.Open($"partial {task.Declaration} : global::Asynq.Typed.IAsynqTask<{task.CSharp}>{result}");
        EmitContract(source, task);
        source.Line();
        EmitHolder(source, task);
        source.Close();

        for (var i = 0; i < task.Containers.Count; i++)
        {
            source.Close();
        }

        return new SourceFile(FileNames.Of(task.FullName, colliding), source.ToString());
    }

    /// <summary>Whether a type has a name of small letters only, of which the compiler warns at each declaration.</summary>
    private static bool IsLowerCase(string declaration) =>
        declaration.Substring(declaration.LastIndexOf(' ') + 1).All(character => character is >= 'a' and <= 'z');

    private static void EmitContract(SourceWriter source, TaskModel task)
    {
        var contract = $"global::Asynq.Typed.IAsynqTask<{task.CSharp}>";
        var (write, read) = task.Format == WireFormat.Raw ? Raw(task) : Formatted(task);
        source
            .Line($"static global::Asynq.Typed.TaskDescriptor {contract}.Descriptor => {task.Holder}.Descriptor;")
            .Line()
            .Line($"static void {contract}.Write(")
            .Indent()
            .Line($"global::System.Buffers.IBufferWriter<byte> output, {task.CSharp} task) =>")
            .Line($"{write};")
            .Outdent()
            .Line()
            .Line($"static {task.CSharp} {contract}.Read(global::System.ReadOnlyMemory<byte> payload) =>")
            .Indent()
            .Line($"{read};")
            .Outdent();
        if (task.Format != WireFormat.Raw && task.RootShape.Members.Any(member => member.IsUniqueKey))
        {
            source
                .Line()
                .Line($"static bool {contract}.WriteUniqueKey(")
                .Indent()
                .Line($"global::System.Buffers.IBufferWriter<byte> output, {task.CSharp} task)")
                .Outdent()
                .Line("{")
                .Indent()
                .Line($"{WireTypes.Of(task.Format).Writer}.Write(output, task, {task.Holder}.WriteUniqueKey);")
                .Line("return true;")
                .Close();
        }

        EmitReadResult(source, task);
    }

    private static string ResultContract(TaskModel task) =>
        $"global::Asynq.Typed.IAsynqResult<{task.CSharp}, {task.Result!.Declaration}>";

    private static void EmitReadResult(SourceWriter source, TaskModel task)
    {
        if (task.Result is null)
        {
            return;
        }

        var read = task.Format == WireFormat.Raw
            ? "result.ToArray()"
            : $"{WireTypes.Of(task.Format).Reader}.Read(result, {task.Holder}.ReadResult)";
        source
            .Line()
            .Line($"static {task.Result.Declaration} {ResultContract(task)}.ReadResult(global::System.ReadOnlyMemory<byte> result) =>")
            .Indent()
            .Line($"{read};")
            .Outdent();
    }

    private static (string Write, string Read) Formatted(TaskModel task)
    {
        var wire = WireTypes.Of(task.Format);
        return (
            $"{wire.Writer}.Write(output, task, {task.Holder}.Write{task.Root.Name})",
            $"{wire.Reader}.Read(payload, {task.Holder}.Read{task.Root.Name})");
    }

    private static (string Write, string Read) Raw(TaskModel task)
    {
        var shape = task.RootShape;
        var member = shape.Members[0];
        var argument = shape.Parameters.Count > 0 ? "payload.ToArray()" : "";
        var setter = member.IsSet ? $" {{ {member.Name} = payload.ToArray() }}" : "";
        var made = $"new {task.CSharp}({argument}){setter}";
        return (
            shape.IsOpen
                ? $"{Wire}.PayloadRaw.Write(output, {Wire}.PayloadWriter.Exact<{task.CSharp}>(task).{member.Name})"
                : $"{Wire}.PayloadRaw.Write(output, task.{member.Name})",
            made);
    }

    private static void EmitHolder(SourceWriter source, TaskModel task)
    {
        FileHeader.MarkObsolete(source, task.Cautions.IsObsolete);
        source.Line(FileHeader.GeneratedCode).Open($"private static class {task.Holder}");
        EmitDescriptor(source, task.Descriptor);
        if (task.Format != WireFormat.Raw)
        {
            new ShapeEmitter(source, WireTypes.Of(task.Format), task.Shapes, task.Unions).Emit(task.RootShape, task.Result);
        }

        source.Close();
    }

    private static void EmitDescriptor(SourceWriter source, DescriptorModel descriptor)
    {
        var settings = new List<string>();
        Add("Queue", descriptor.Queue is { } queue ? Literal.Of(queue) : null);
        Add("MaxRetry", descriptor.MaxRetry?.ToString(CultureInfo.InvariantCulture));
        Add("Timeout", Seconds(descriptor.TimeoutSeconds));
        Add("Retention", Seconds(descriptor.RetentionSeconds));
        Add("UniqueFor", Seconds(descriptor.UniqueForSeconds));

        var declaration = "public static readonly global::Asynq.Typed.TaskDescriptor Descriptor = " +
            $"new({Literal.Of(descriptor.Type)})";
        if (settings.Count == 0)
        {
            source.Line(declaration + ";");
            return;
        }

        source.Open(declaration);
        foreach (var setting in settings)
        {
            source.Line(setting + ",");
        }

        source.Close("};");

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                settings.Add($"{name} = {value}");
            }
        }
    }

    private static string? Seconds(int? value) => value is { } seconds
        ? $"global::System.TimeSpan.FromSeconds({seconds.ToString(CultureInfo.InvariantCulture)})"
        : null;
}

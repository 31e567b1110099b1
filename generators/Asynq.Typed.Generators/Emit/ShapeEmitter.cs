using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes one method to write and one to read for each shape of a task, and for each list and dictionary in
/// them.</summary>
internal sealed class ShapeEmitter
{
    private readonly SourceWriter _source;
    private readonly EquatableArray<ShapeModel> _shapes;
    private readonly ValueEmitter _values;

    public ShapeEmitter(SourceWriter source, EquatableArray<ShapeModel> shapes)
    {
        _source = source;
        _shapes = shapes;
        _values = new ValueEmitter(source, shapes);
    }

    public void Emit()
    {
        foreach (var shape in _shapes)
        {
            EmitWrite(shape);
            EmitRead(shape);
        }

        _values.EmitCollections();
    }

    private void EmitWrite(ShapeModel shape)
    {
        _source.Line().Open($"public static void Write{shape.Name}(ref {ValueEmitter.Writer} writer, {shape.CSharp} value)");
        if (shape.IsOpen)
        {
            _source.Line($"{ValueEmitter.Writer}.RequireExact<{shape.CSharp}>(value);");
        }

        _source.Line($"writer.BeginMap({Text.Of(shape.Members.Count)});");
        var locals = new NameTable("writer", "value");
        foreach (var member in shape.Members)
        {
            _source.Line($"writer.WriteName({Text.Utf8(member.WireName)});");
            _values.Write(member.Type, $"value.{member.Name}", locals.Local(member.Name));
        }

        _source.Line("writer.End();").Close();
    }

    private void EmitRead(ShapeModel shape)
    {
        var names = new NameTable("reader", "members", "key", "initial");
        var members = shape.Members.Select(member => new MemberLocals(member, names)).ToList();

        _source.Line().Open($"public static {shape.CSharp} Read{shape.Name}(ref {ValueEmitter.Reader} reader)");
        foreach (var member in members)
        {
            _source.Line($"{member.Model.Type.Declaration} {member.Value} = {member.Model.Default};");
        }

        foreach (var member in members.Where(member => member.IsTracked))
        {
            _source.Line($"var {member.Has} = false;");
        }

        _source
            .Line("var members = reader.BeginMap();")
            .Open("while (reader.NextMember(ref members, out var key))");
        EmitMembers(members);
        _source.Close();
        EmitMissing(members);
        EmitInitial(shape, members);
        _source.Line().Line($"return {Construct(shape, members)};").Close();
    }

    private void EmitMembers(List<MemberLocals> members)
    {
        if (members.Count == 0)
        {
            _source.Line("reader.Skip();");
            return;
        }

        _source.Open("switch (key.Length)");
        foreach (var member in members.OrderBy(member => Text.Utf8Length(member.Model.WireName)))
        {
            var wireName = member.Model.WireName;
            _source
                .Line($"case {Text.Of(Text.Utf8Length(wireName))} when key.Is({Text.Utf8(wireName)}):")
                .Indent()
                .Line($"{member.Value} = {_values.Read(member.Model.Type)};");
            if (member.IsTracked)
            {
                _source.Line($"{member.Has} = true;");
            }

            _source.Line("break;").Outdent();
        }

        _source.Line("default:").Indent().Line("reader.Skip();").Line("break;").Outdent().Close();
    }

    private void EmitMissing(List<MemberLocals> members)
    {
        var refused = members.Where(member => member.Model.Absence == Absence.Refused).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        _source
            .Line()
            .Open($"if ({string.Join(" || ", refused.Select(member => "!" + member.Has))})")
            .Line("throw reader.Missing(")
            .Indent()
            .Line("members,");
        for (var i = 0; i < refused.Count; i++)
        {
            var end = i == refused.Count - 1 ? ");" : ",";
            _source.Line($"({refused[i].Has}, {Parsing.Literal.Of(refused[i].Model.WireName)}){end}");
        }

        _source.Outdent().Close();
    }

    /// <summary>Members with an initialiser: where one is absent, it has the value that a new object has.</summary>
    private void EmitInitial(ShapeModel shape, List<MemberLocals> members)
    {
        var initial = members.Where(member => member.Model.Absence == Absence.Initial).ToList();
        if (initial.Count == 0)
        {
            return;
        }

        var made = Construct(shape, [.. members.Where(member => member.Model.Absence != Absence.Initial)]);
        _source.Line().Open($"if ({string.Join(" || ", initial.Select(member => "!" + member.Has))})")
            .Line($"var initial = {made};");
        foreach (var member in initial)
        {
            var value = $"initial.{member.Model.Name}";
            _source.Line(initial.Count == 1
                ? $"{member.Value} = {value};"
                : $"{member.Value} = {member.Has} ? {member.Value} : {value};");
        }

        _source.Close();
    }

    private static string Construct(ShapeModel shape, List<MemberLocals> members)
    {
        var arguments = shape.Parameters.Select(parameter =>
            members.Find(member => member.Model.Name == parameter).Value);
        var setters = members
            .Where(member => member.Model.IsSet)
            .Select(member => $"{member.Model.Name} = {member.Value}")
            .ToList();
        var call = $"new {shape.CSharp}({string.Join(", ", arguments)})";
        return setters.Count == 0 ? call : $"{call} {{ {string.Join(", ", setters)} }}";
    }

    /// <summary>A member and the local variables that hold it while its object is read.</summary>
    private readonly struct MemberLocals
    {
        public MemberLocals(MemberModel model, NameTable names)
        {
            Model = model;
            Value = names.Local(model.Name);
            Has = names.Name("has " + model.Name, "has" + model.Name.TrimStart('@'));
        }

        public MemberModel Model { get; }

        public string Value { get; }

        public string Has { get; }

        public bool IsTracked => Model.Absence != Absence.Default;
    }
}

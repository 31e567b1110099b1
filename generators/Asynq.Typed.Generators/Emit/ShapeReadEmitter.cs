using Asynq.Typed.Generators.Model;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes the method that reads a shape.</summary>
internal sealed class ShapeReadEmitter
{
    private readonly SourceWriter _source;
    private readonly WireTypes _wire;
    private readonly ValueEmitter _values;
    private readonly ShapeModel _shape;
    private readonly List<MemberLocals> _members;

    public ShapeReadEmitter(SourceWriter source, WireTypes wire, ValueEmitter values, ShapeModel shape)
    {
        _source = source;
        _wire = wire;
        _values = values;
        _shape = shape;
        var names = new NameTable("reader", "members", "key", "index", "initial");
        _members = [.. shape.Members.Select(member => new MemberLocals(member, names))];
    }

    public void Emit()
    {
        _source.Line().Open($"public static {_shape.CSharp} Read{_shape.Name}(ref {_wire.Reader} reader)");
        foreach (var member in _members)
        {
            _source.Line($"{member.Model.Type.Declaration} {member.Value} = {member.Model.Default};");
        }

        foreach (var member in _members.Where(member => member.IsTracked))
        {
            _source.Line($"var {member.Has} = false;");
        }

        if (_shape.IsList)
        {
            EmitItems();
        }
        else
        {
            EmitMembers();
        }

        EmitMissing();
        EmitInitial();
        _source.Line().Line($"return {Construct(_members)};").Close();
    }

    private void EmitMembers()
    {
        _source
            .Line("var members = reader.BeginMap();")
            .Open($"while (reader.NextMember(ref members, out {(_members.Count == 0 ? "_" : "var key")}))");
        if (_members.Count == 0)
        {
            _source.Line("reader.Skip();").Close();
            return;
        }

        _source.Open("switch (key.Length)");
        foreach (var member in _members.OrderBy(member => Text.Utf8Length(member.Model.WireName)))
        {
            var name = member.Model.WireName;
            _source.Line($"case {Text.Of(Text.Utf8Length(name))} when key.Is({Text.Utf8(name)}):").Indent();
            EmitValue(member);
        }

        EmitUnknown();
    }

    private void EmitItems()
    {
        _source
            .Line("var members = reader.BeginList();")
            .Open("for (var index = 0; reader.NextItem(ref members); index++)")
            .Open("switch (index)");
        foreach (var member in _members)
        {
            _source
                .Line($"case {Text.Of(member.Model.Index)}:")
                .Indent()
                .Line($"reader.Name({Literal.Of(member.Model.WireName)});");
            EmitValue(member);
        }

        EmitUnknown();
    }

    private void EmitValue(MemberLocals member)
    {
        _source.Line($"{member.Value} = {_values.Read(member.Model.Type)};");
        if (member.IsTracked)
        {
            _source.Line($"{member.Has} = true;");
        }

        _source.Line("break;").Outdent();
    }

    private void EmitUnknown() =>
        _source.Line("default:").Indent().Line("reader.Skip();").Line("break;").Outdent().Close().Close();

    private void EmitMissing()
    {
        var refused = _members.Where(member => member.Model.Absence == Absence.Refused).ToList();
        if (refused.Count == 0)
        {
            return;
        }

        _source
            .Line()
            .Open($"if ({string.Join(" || ", refused.Select(member => "!" + member.Has))})")
            .Line($"throw {_wire.Reader}.Missing(")
            .Indent()
            .Line("members,");
        for (var i = 0; i < refused.Count; i++)
        {
            var end = i == refused.Count - 1 ? ");" : ",";
            _source.Line($"({refused[i].Has}, {Literal.Of(refused[i].Model.WireName)}){end}");
        }

        _source.Outdent().Close();
    }

    /// <summary>Members with an initialiser: where one is absent, it has the value that a new object has.</summary>
    private void EmitInitial()
    {
        var initial = _members.Where(member => member.Model.Absence == Absence.Initial).ToList();
        if (initial.Count == 0)
        {
            return;
        }

        var made = Construct([.. _members.Where(member => member.Model.Absence != Absence.Initial)]);
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

    private string Construct(List<MemberLocals> members)
    {
        var arguments = string.Join(", ", _shape.Parameters.Select(parameter =>
            members.Find(member => member.Model.Name == parameter).Value));
        if (_shape.IsTuple)
        {
            return $"({arguments})";
        }

        var setters = members
            .Where(member => member.Model.IsSet)
            .Select(member => $"{member.Model.Name} = {member.Value}")
            .ToList();
        var call = $"new {_shape.CSharp}({arguments})";
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

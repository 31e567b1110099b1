using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes one method to write and one to read for each shape and union of a payload, and for each list and
/// dictionary in them.</summary>
internal sealed class ShapeEmitter
{
    private readonly SourceWriter _source;
    private readonly WireTypes _wire;
    private readonly EquatableArray<ShapeModel> _shapes;
    private readonly EquatableArray<UnionModel> _unions;

    public ShapeEmitter(
        SourceWriter source, WireTypes wire, EquatableArray<ShapeModel> shapes, EquatableArray<UnionModel> unions)
    {
        _source = source;
        _wire = wire;
        _shapes = shapes;
        _unions = unions;
        Values = new ValueEmitter(source, wire, shapes, unions);
    }

    /// <summary>The emitter of values of these shapes.</summary>
    public ValueEmitter Values { get; }

    /// <summary>Writes all methods.</summary>
    /// <param name="root">The shape that may have a unique key.</param>
    /// <param name="result">What the task's handler returns; <c>null</c> where it is not said.</param>
    public void Emit(ShapeModel root, ValueModel? result)
    {
        if (result is not null)
        {
            _source
                .Line()
                .Line($"public static {result.Declaration} ReadResult(ref {_wire.Reader} reader) =>")
                .Indent()
                .Line($"{Values.Read(result)};")
                .Outdent();
        }

        var keys = root.Members.Where(member => member.IsUniqueKey).ToList();
        if (keys.Count > 0)
        {
            EmitWrite(root, "UniqueKey", keys);
        }

        foreach (var shape in _shapes)
        {
            EmitWrite(shape);
            new ShapeReadEmitter(_source, _wire, Values, shape).Emit();
        }

        foreach (var union in _unions)
        {
            EmitWrite(union);
            EmitRead(union);
        }

        Values.EmitCollections();
    }

    /// <summary>Writes only what writes: nobody reads a result here.</summary>
    public void EmitWrites()
    {
        foreach (var shape in _shapes)
        {
            EmitWrite(shape);
        }

        foreach (var union in _unions)
        {
            EmitWrite(union);
        }

        Values.EmitCollections(isWrittenOnly: true);
    }

    private void EmitWrite(ShapeModel shape) => EmitWrite(shape, shape.Name, shape.Members);

    private void EmitWrite(ShapeModel shape, string name, IReadOnlyList<MemberModel> members)
    {
        _source.Line().Open($"public static void Write{name}(ref {_wire.Writer} writer, {shape.CSharp} value)");
        if (shape.IsOpen)
        {
            _source.Line($"global::Asynq.Typed.Wire.PayloadWriter.RequireExact<{shape.CSharp}>(value);");
        }

        var locals = new NameTable("writer", "value");
        if (shape.IsList)
        {
            EmitItems(members, locals);
        }
        else
        {
            _source.Line($"writer.BeginMap({Text.Of(members.Count)});");
            foreach (var member in members)
            {
                EmitMember(member, locals);
            }

            _source.Line("writer.End();");
        }

        _source.Close();
    }

    private void EmitItems(IReadOnlyList<MemberModel> members, NameTable locals)
    {
        var next = 0;
        _source.Line($"writer.BeginList({Text.Of(members[members.Count - 1].Index + 1)});");
        foreach (var member in members)
        {
            for (; next < member.Index; next++)
            {
                _source.Line("writer.WriteNull();");
            }

            next++;
            Values.Write(member.Type, $"value.{member.Name}", locals.Local(member.Name));
        }

        _source.Line("writer.EndList();");
    }

    private void EmitMember(MemberModel member, NameTable locals)
    {
        var isPresent = member.Omission == Omission.Never
            ? null
            : IsPresent(member.Type, $"value.{member.Name}", member.Omission);
        if (isPresent is not null)
        {
            _source.Open($"if ({isPresent})");
        }

        _source.Line($"writer.WriteName({Text.Utf8(_wire.IsJson ? Text.EscapeJson(member.WireName) : member.WireName)});");
        Values.Write(member.Type, $"value.{member.Name}", locals.Local(member.Name));
        if (isPresent is not null)
        {
            _source.Close();
        }
    }

    /// <summary>The condition under which a member is written; <c>null</c> if it always is.</summary>
    private static string? IsPresent(ValueModel type, string value, Omission omission)
    {
        if (omission == Omission.Null || (type.IsNullable && !type.IsReference))
        {
            return type.IsNullable ? $"{value} is not null" : null;
        }

        return type switch
        {
            ScalarModel { Name: "String" } => $"!string.IsNullOrEmpty({value})",
            ScalarModel { Name: "Bytes" } => $"{value} is {{ Length: > 0 }}",
            ScalarModel { Name: "Boolean" } => value,
            ScalarModel
            {
                Name: "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64" or "Single"
                    or "Double" or "Decimal" or "TimeSpan" or "Char" or "Half" or "Int128" or "UInt128" or "BigInteger",
            } or EnumModel => $"{value} != default",
            ScalarModel { Name: "Memory" } => $"{value}.Length > 0",
            ListModel { Form.IsWalked: true } => $"global::Asynq.Typed.Wire.PayloadWriter.HasItems({value})",
            ListModel list => $"{value} is {{ {list.Form.Count}: > 0 }}",
            DictionaryModel => $"{value} is {{ Count: > 0 }}",
            { IsNullable: true } => $"{value} is not null",
            _ => null,
        };
    }

    private void EmitWrite(UnionModel union)
    {
        _source
            .Line()
            .Open($"public static void Write{union.Name}(ref {_wire.Writer} writer, {union.CSharp} value)")
            .Line("writer.BeginList(2);")
            .Open("switch (value)");
        foreach (var @case in union.Cases)
        {
            var local = new NameTable("writer", "value").Local(@case.Type.Name);
            _source.Line($"case {@case.Type.CSharp} {local}:").Indent().Line($"writer.Write({@case.Key});");
            Values.Write(@case.Type with { IsReference = false }, local, local);
            _source.Line("break;").Outdent();
        }

        _source
            .Line("default:")
            .Indent()
            .Line("throw global::Asynq.Typed.Wire.PayloadWriter.NotInUnion(value);")
            .Outdent()
            .Close()
            .Line()
            .Line("writer.EndList();")
            .Close();
    }

    private void EmitRead(UnionModel union)
    {
        _source
            .Line()
            .Open($"public static {union.CSharp} Read{union.Name}(ref {_wire.Reader} reader)")
            .Line("reader.BeginUnion();")
            .Line($"{union.CSharp} value;")
            .Line($"var key = reader.{(union.HasWords ? "ReadString" : "ReadInt32")}();")
            .Open("switch (key)");
        foreach (var @case in union.Cases.OrderBy(@case => @case.Key, StringComparer.Ordinal))
        {
            _source
                .Line($"case {@case.Key}:")
                .Indent()
                .Line($"value = {Values.Read(@case.Type)};")
                .Line("break;")
                .Outdent();
        }

        _source
            .Line("default:")
            .Indent()
            .Line("throw reader.UnknownKey(key);")
            .Outdent()
            .Close()
            .Line()
            .Line("reader.EndUnion();")
            .Line("return value;")
            .Close();
    }
}

using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>
/// Writes the code that writes or reads one value. Lists and dictionaries get methods of their own, which are asked for
/// here and written at the end.
/// </summary>
internal sealed class ValueEmitter
{
    private const string Statics = "global::Asynq.Typed.Wire.PayloadWriter";

    private readonly SourceWriter _source;
    private readonly WireTypes _wire;
    private readonly NameTable _names = new();
    private readonly Queue<(string Name, ValueModel Type)> _pending = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public ValueEmitter(
        SourceWriter source, WireTypes wire, EquatableArray<ShapeModel> shapes, EquatableArray<UnionModel> unions)
    {
        _source = source;
        _wire = wire;
        foreach (var shape in shapes)
        {
            _names.Name(shape.CSharp, shape.Name);
        }

        foreach (var union in unions)
        {
            _names.Name(union.CSharp, union.Name);
        }
    }

    /// <summary>Writes the statements that write a value.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">The expression for it; evaluated once.</param>
    /// <param name="local">A name for a local variable.</param>
    public void Write(ValueModel type, string value, string local)
    {
        if (!type.IsNullable)
        {
            _source.Line(WriteStatement(type, type is ScalarModel or FormattedModel ? value : NotNull(type, value)));
        }
        else if (type is ScalarModel { Name: "String" })
        {
            _source.Line($"writer.WriteOrNull({value});");
        }
        else
        {
            _source
                .Open($"if ({value} is {{ }} {local})")
                .Line(WriteStatement(type, local))
                .Close()
                .Open("else")
                .Line("writer.WriteNull();")
                .Close();
        }
    }

    /// <summary>The expression that reads a value.</summary>
    public string Read(ValueModel type)
    {
        var read = type switch
        {
            ScalarModel scalar => $"reader.{scalar.Read}()",
            EnumModel @enum => $"({@enum.CSharp})reader.{@enum.Read}()",
            FormattedModel formatted => $"reader.ReadWith<{formatted.Arguments}>()" + (formatted.KnowsNull ? "!" : ""),
            _ => $"Read{Method(type)}(ref reader)",
        };
        return type.IsNullable ? $"reader.TryReadNull() ? {Null(type)} : {read}" : read;
    }

    /// <summary>A null beside a value. That of a struct needs its type: a struct that can be made of some class would be made of
    /// the null.</summary>
    private static string Null(ValueModel type) =>
        type is { IsReference: true } or EnumModel or ScalarModel { Name: not "Memory" } ? "null" : $"default({type.Declaration})";

    /// <summary>Writes the methods of the lists and dictionaries that were asked for.</summary>
    /// <param name="isWrittenOnly">Whether the methods that read are left out.</param>
    public void EmitCollections(bool isWrittenOnly = false)
    {
        while (_pending.Count > 0)
        {
            var (name, type) = _pending.Dequeue();
            switch (type)
            {
                case ListModel list:
                    EmitWriteList(name, list);
                    break;
                case DictionaryModel dictionary:
                    EmitWriteDictionary(name, dictionary);
                    break;
            }

            switch (type)
            {
                case ListModel list when !isWrittenOnly:
                    EmitReadList(name, list);
                    break;
                case DictionaryModel dictionary when !isWrittenOnly:
                    EmitReadDictionary(name, dictionary);
                    break;
            }
        }
    }

    private static string NotNull(ValueModel type, string value) =>
        type.IsReference ? $"{Statics}.NotNull({value})" : value;

    private string WriteStatement(ValueModel type, string value) => type switch
    {
        ScalarModel => $"writer.Write({value});",
        EnumModel @enum => $"writer.Write(({@enum.Underlying}){value});",
        FormattedModel formatted => $"writer.WriteWith<{formatted.Arguments}>({value});",
        _ => $"Write{Method(type)}(ref writer, {value});",
    };

    private string Method(ValueModel type)
    {
        var name = _names.Name(type.CSharp, type.Name);
        if (type is not ObjectModel && _known.Add(type.CSharp))
        {
            _pending.Enqueue((name, type));
        }

        return name;
    }

    private void EmitWriteList(string name, ListModel list)
    {
        _source.Line().Open($"private static void Write{name}(ref {_wire.Writer} writer, {list.CSharp} value)");
        var items = "value";
        var count = list.Form.Count;
        if (list.Form.IsWalked)
        {
            items = "items";
            count = "Count";
            _source.Line($"using var items = {Statics}.Items(value);");
        }

        _source.Line($"writer.BeginList({items}.{count});").Open($"foreach (var item in {items})");
        Write(list.Item, "item", "present");
        _source.Close().Line().Line("writer.EndList();").Close();
    }

    private void EmitReadList(string name, ListModel list)
    {
        var made = CollectionForm.For(list.Form.Make, "list.Capacity", list.Item);
        _source
            .Line()
            .Open($"private static {list.CSharp} Read{name}(ref {_wire.Reader} reader)")
            .Line("var list = reader.BeginList();")
            .Line($"var value = {made};")
            .Open("while (reader.NextItem(ref list))")
            .Line($"value.{list.Form.Add}({Read(list.Item)});")
            .Close()
            .Line()
            .Line($"return {CollectionForm.For(list.Form.Finish, "", list.Item)};")
            .Close();
    }

    private void EmitWriteDictionary(string name, DictionaryModel dictionary)
    {
        var key = dictionary.Key is EnumModel @enum ? $"({@enum.Underlying})entry.Key" : "entry.Key";
        _source
            .Line()
            .Open($"private static void Write{name}(ref {_wire.Writer} writer, {dictionary.CSharp} value)");
        var entries = "value";
        if (_wire.IsJson || dictionary.Form.IsWalked)
        {
            entries = "entries";
            _source.Line($"using var entries = {_wire.Writer}.Entries(value);");
        }

        _source
            .Line($"writer.BeginMap({entries}.Count);")
            .Open($"foreach (var entry in {entries})")
            .Line($"writer.WriteKey({key});");
        Write(dictionary.Value, "entry.Value", "present");
        _source.Close().Line().Line("writer.End();").Close();
    }

    private void EmitReadDictionary(string name, DictionaryModel dictionary)
    {
        var made = CollectionForm.For(dictionary.Form.Make, "map.Capacity", dictionary.Key, dictionary.Value);
        _source
            .Line()
            .Open($"private static {dictionary.CSharp} Read{name}(ref {_wire.Reader} reader)")
            .Line("var map = reader.BeginMap();")
            .Line($"var value = {made};")
            .Open("while (reader.NextEntry(ref map))")
            .Line($"value[{Read(dictionary.Key)}] = {Read(dictionary.Value)};")
            .Close()
            .Line()
            .Line($"return {CollectionForm.For(dictionary.Form.Finish, "", dictionary.Key, dictionary.Value)};")
            .Close();
    }
}

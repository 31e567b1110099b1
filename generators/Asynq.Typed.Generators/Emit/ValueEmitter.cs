using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>
/// Writes the code that writes or reads one value. Lists and dictionaries get methods of their own, which are asked for
/// here and written at the end.
/// </summary>
internal sealed class ValueEmitter
{
    public const string Writer = "global::Asynq.Typed.Wire.PayloadWriter";

    public const string Reader = "global::Asynq.Typed.Wire.PayloadReader";

    private readonly SourceWriter _source;
    private readonly NameTable _names = new();
    private readonly Queue<(string Name, ValueModel Type)> _pending = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public ValueEmitter(SourceWriter source, EquatableArray<ShapeModel> shapes)
    {
        _source = source;
        foreach (var shape in shapes)
        {
            _names.Name(shape.CSharp, shape.Name);
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
            _source.Line(WriteStatement(type, type is ScalarModel ? value : NotNull(type, value)));
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
            _ => $"Read{Method(type)}(ref reader)",
        };
        return type.IsNullable ? $"reader.TryReadNull() ? null : {read}" : read;
    }

    /// <summary>Writes the methods of the lists and dictionaries that were asked for.</summary>
    public void EmitCollections()
    {
        while (_pending.Count > 0)
        {
            var (name, type) = _pending.Dequeue();
            switch (type)
            {
                case ListModel list:
                    EmitWriteList(name, list);
                    EmitReadList(name, list);
                    break;
                case DictionaryModel dictionary:
                    EmitWriteDictionary(name, dictionary);
                    EmitReadDictionary(name, dictionary);
                    break;
            }
        }
    }

    private static string NotNull(ValueModel type, string value) =>
        type.IsReference ? $"{Writer}.NotNull({value})" : value;

    private string WriteStatement(ValueModel type, string value) => type switch
    {
        ScalarModel => $"writer.Write({value});",
        EnumModel @enum => $"writer.Write(({@enum.Underlying}){value});",
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
        _source.Line().Open($"private static void Write{name}(ref {Writer} writer, {list.CSharp} value)");
        switch (list.Kind)
        {
            case ListKind.IndexedInterface:
                _source.Line("writer.BeginList(value.Count);").Open("for (var i = 0; i < value.Count; i++)");
                Write(list.Item, "value[i]", "item");
                break;
            case ListKind.Sequence:
                _source
                    .Line($"var items = {Writer}.Counted(value);")
                    .Line("writer.BeginList(items.Count);")
                    .Open("foreach (var item in items)");
                Write(list.Item, "item", "present");
                break;
            default:
                _source
                    .Line($"writer.BeginList(value.{(list.Kind == ListKind.Array ? "Length" : "Count")});")
                    .Open("foreach (var item in value)");
                Write(list.Item, "item", "present");
                break;
        }

        _source.Close().Line().Line("writer.End();").Close();
    }

    private void EmitReadList(string name, ListModel list)
    {
        var item = list.Item.Declaration;
        var made = list.Kind switch
        {
            ListKind.Array => $"new global::Asynq.Typed.Wire.PayloadArray<{item}>(list.Remaining)",
            ListKind.Class => $"new {list.CSharp}(list.Remaining)",
            ListKind.SetInterface => $"new global::System.Collections.Generic.HashSet<{item}>(list.Remaining)",
            _ => $"new global::System.Collections.Generic.List<{item}>(list.Remaining)",
        };
        _source
            .Line()
            .Open($"private static {list.CSharp} Read{name}(ref {Reader} reader)")
            .Line("var list = reader.BeginList();")
            .Line($"var value = {made};")
            .Open("while (reader.NextItem(ref list))")
            .Line($"value.Add({Read(list.Item)});")
            .Close()
            .Line()
            .Line(list.Kind == ListKind.Array ? "return value.ToArray();" : "return value;")
            .Close();
    }

    private void EmitWriteDictionary(string name, DictionaryModel dictionary)
    {
        _source
            .Line()
            .Open($"private static void Write{name}(ref {Writer} writer, {dictionary.CSharp} value)")
            .Line("writer.BeginMap(value.Count);")
            .Open("foreach (var entry in value)");
        Write(dictionary.Key, "entry.Key", "key");
        Write(dictionary.Value, "entry.Value", "present");
        _source.Close().Line().Line("writer.End();").Close();
    }

    private void EmitReadDictionary(string name, DictionaryModel dictionary)
    {
        var made = dictionary.Kind == DictionaryKind.Class
            ? dictionary.CSharp
            : $"global::System.Collections.Generic.Dictionary<{dictionary.Key.Declaration}, {dictionary.Value.Declaration}>";
        _source
            .Line()
            .Open($"private static {dictionary.CSharp} Read{name}(ref {Reader} reader)")
            .Line("var map = reader.BeginMap();")
            .Line($"var value = new {made}(map.Remaining);")
            .Open("while (reader.NextEntry(ref map))")
            .Line($"value[{Read(dictionary.Key)}] = {Read(dictionary.Value)};")
            .Close()
            .Line()
            .Line("return value;")
            .Close();
    }
}

using Asynq.Typed.Generators.Model;

namespace Asynq.Typed.Generators.Emit;

/// <summary>The runtime's types for a format. Both formats have the same members, so one emitter serves both.</summary>
internal sealed class WireTypes
{
    private const string Wire = "global::Asynq.Typed.Wire";

    public static readonly WireTypes MessagePack = new(isJson: false, Wire + ".PayloadReader", Wire + ".PayloadWriter");

    public static readonly WireTypes Json = new(isJson: true, Wire + ".JsonPayloadReader", Wire + ".JsonPayloadWriter");

    private WireTypes(bool isJson, string reader, string writer)
    {
        IsJson = isJson;
        Reader = reader;
        Writer = writer;
    }

    public bool IsJson { get; }

    public string Reader { get; }

    public string Writer { get; }

    public static WireTypes Of(WireFormat format) => format == WireFormat.Json ? Json : MessagePack;
}

namespace Asynq.Typed.Generators.Parsing;

/// <summary>The names by which the generator knows the types of the contracts and of the runtime.</summary>
internal static class WellKnownNames
{
    public const string TaskAttribute = "Asynq.Typed.AsynqTaskAttribute";

    public const string KeyAttribute = "Asynq.Typed.PayloadKeyAttribute";

    public const string UniqueKeyAttribute = "Asynq.Typed.UniqueKeyAttribute";

    public const string IgnoreAttribute = "Asynq.Typed.PayloadIgnoreAttribute";

    public const string UnionAttribute = "Asynq.Typed.PayloadUnionAttribute";

    public const string FormatterAttribute = "Asynq.Typed.PayloadFormatterAttribute";

    public const string MessagePackObject = "MessagePack.MessagePackObjectAttribute";

    public const string MessagePackKey = "MessagePack.KeyAttribute";

    public const string MessagePackIgnore = "MessagePack.IgnoreMemberAttribute";

    public const string MessagePackFormatter = "MessagePack.MessagePackFormatterAttribute";

    public const string MessagePackUnion = "MessagePack.UnionAttribute";

    public const string JsonNamespace = "System.Text.Json.Serialization.";

    public const string JsonName = JsonNamespace + "JsonPropertyNameAttribute";

    public const string JsonIgnore = JsonNamespace + "JsonIgnoreAttribute";

    public const string HandleInterface = "IHandle";

    public const string AggregateInterface = "IAggregate";

    public const string PeriodicAttribute = "Asynq.Typed.PeriodicTaskAttribute";

    public const string Namespace = "Asynq.Typed";

    public const string HandlerModule = "Asynq.Typed.HandlerModule";
}

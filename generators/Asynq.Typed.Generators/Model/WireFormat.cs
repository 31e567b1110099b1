namespace Asynq.Typed.Generators.Model;

/// <summary>The formats of payloads; the numbers are those of <c>Asynq.Typed.PayloadFormat</c>.</summary>
internal enum WireFormat
{
    MessagePack = 0,
    Json = 1,
    Raw = 2,
}

/// <summary>The ways to name members; the numbers are those of <c>Asynq.Typed.PayloadNaming</c>.</summary>
internal enum WireNaming
{
    Declared = 0,
    CamelCase = 1,
    SnakeCase = 2,
    KebabCase = 3,
}

/// <summary>What a task says of its payload.</summary>
internal sealed record WireOptions(WireFormat Format, WireNaming Naming);

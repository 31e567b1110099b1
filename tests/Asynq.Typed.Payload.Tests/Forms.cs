using Asynq.Typed;
using Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ1002 // One task in two formats; no server has both
#pragma warning disable CA1050 // The global namespace is the subject.
#pragma warning disable CA1708 // So are names that differ in case only.
#pragma warning disable CA1034 // And types in types.
#pragma warning disable CA1716 // And keywords.

[AsynqTask("form:global")]
public sealed partial record GlobalForm(int Number, Address? Address);

[AsynqTask("form:global-json", Format = PayloadFormat.Json)]
public sealed partial record JsonGlobalForm(int Number, Address? Address);

namespace Asynq.Typed.Payload.Tests
{
    [AsynqTask("form:class-set")]
    public sealed partial class SetForm
    {
        public int Number { get; set; }

        public string Text { get; set; } = "";

        public required List<int> Numbers { get; init; }

        public int? Field;
    }

    [AsynqTask("form:class-set-json", Format = PayloadFormat.Json)]
    public sealed partial class JsonSetForm
    {
        public int Number { get; set; }

        public string Text { get; set; } = "";

        public required List<int> Numbers { get; init; }

        public int? Field;
    }

    [AsynqTask("form:class-constructor")]
    public sealed partial class ConstructedForm(int number, string? text)
    {
        public int Number { get; } = number;

        public string? Text { get; } = text;

        public Money Spare { get; set; }

        public int Twice => Number * 2;
    }

    [AsynqTask("form:class-constructor-json", Format = PayloadFormat.Json)]
    public sealed partial class JsonConstructedForm(int number, string? text)
    {
        public int Number { get; } = number;

        public string? Text { get; } = text;

        public Level Spare { get; set; }

        public int Twice => Number * 2;
    }

    [AsynqTask("form:struct")]
    public partial struct StructForm
    {
        public int Number { get; set; }

        public string? Text;
    }

    [AsynqTask("form:struct-json", Format = PayloadFormat.Json)]
    public partial struct JsonStructForm
    {
        public int Number { get; set; }

        public string? Text;
    }

    [AsynqTask("form:record-struct")]
    public readonly partial record struct RecordStructForm(int Number, string? Text);

    [AsynqTask("form:record-struct-json", Format = PayloadFormat.Json)]
    public readonly partial record struct JsonRecordStructForm(int Number, string? Text);

    public abstract record BaseForm(int Number)
    {
        public string? Note { get; init; }

        public abstract long Size { get; init; }
    }

    [AsynqTask("form:inherited")]
    public sealed partial record InheritedForm(int Number, string Text) : BaseForm(Number)
    {
        public override long Size { get; init; } = 3;
    }

    [AsynqTask("form:inherited-json", Format = PayloadFormat.Json)]
    public sealed partial record JsonInheritedForm(int Number, string Text) : BaseForm(Number)
    {
        public override long Size { get; init; } = 3;
    }

    public static partial class Container
    {
        public partial struct Within
        {
            public sealed record Part(int X);

            [AsynqTask("form:nested")]
            public sealed partial record NestedForm(Part Part, List<Part?> Parts);

            [AsynqTask("form:nested-json", Format = PayloadFormat.Json)]
            public sealed partial record JsonNestedForm(Part Part, List<Part?> Parts);
        }
    }

    [AsynqTask("form:keywords")]
    public sealed partial record @event(int @int, string? @string, bool @class, int Class, int and, int value, int reader, int writer);

    [AsynqTask("form:keywords-json", Format = PayloadFormat.Json)]
    public sealed partial record @namespace(int @int, string? @string, bool @class, int Class, int and, int value, int reader, int writer);

    [AsynqTask("form:kebab", Naming = PayloadNaming.KebabCase)]
    public sealed partial record Kebab(int UserId, string HTTPUrl, Money HomeAddress, bool Is2FAOn);

    [AsynqTask("form:kebab-json", Format = PayloadFormat.Json, Naming = PayloadNaming.KebabCase)]
    public sealed partial record JsonKebab(int UserId, string HTTPUrl, Money HomeAddress, bool Is2FAOn);

    [AsynqTask("form:camel-json", Format = PayloadFormat.Json, Naming = PayloadNaming.CamelCase)]
    public sealed partial record JsonCamel(int UserId, string HTTPUrl, Money HomeAddress);

    [AsynqTask("form:kinds-json", Format = PayloadFormat.Json)]
    public sealed partial record JsonKinds(
        Box<int> Numbers, Box<string?> Texts, LabelledBox<Money> Labelled, Point Point, Fields Fields, Point? Nothing);

    [AsynqTask("form:unions-json", Format = PayloadFormat.Json)]
    public sealed partial record JsonUnions(Shape Shape, List<Shape?> Shapes, IPayment Payment, Dictionary<string, IPayment?> ByName);
}

using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using MessagePack;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

public abstract record Happening([UniqueKey] string Source)
{
    [UniqueKey]
    public virtual int Version { get; init; } = 1;
}

[AsynqTask("test:key-map")]
public partial record Placed(string Source, long Id, [UniqueKey] Address? Address) : Happening(Source)
{
    public override int Version { get; init; } = 2;
}

[AsynqTask("test:key-derived")]
public sealed partial record Replaced(string Source, long Id, [UniqueKey] int Again) : Placed(Source, Id, null);

[AsynqTask("test:key-array")]
public sealed partial record NumberedKey([PayloadKey(0)] int Id, [PayloadKey(2), UniqueKey] string? Name, [PayloadKey(3)] int Rest);

[AsynqTask("test:key-json", Format = PayloadFormat.Json, Naming = PayloadNaming.CamelCase)]
public partial struct JsonKey
{
    [UniqueKey]
    public List<string> UserNames { get; set; }

    [UniqueKey, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; set; }

    public int Other { get; set; }
}

[AsynqTask("test:key-raw", Format = PayloadFormat.Raw)]
public sealed partial record RawKey([UniqueKey] byte[] Bytes);

/// <summary>What a unique key is made of.</summary>
public class UniqueKeyTests
{
    [Fact]
    public void Only_the_marked_members_count_inherited_ones_among_them()
    {
        var address = new Address("Main Street", "8000");

        Assert.Equal(
            """{"Address":{"Street":"Main Street","Zip":"8000"},"Source":"web","Version":2}""",
            MessagePackSerializer.ConvertToJson(Key(new Placed("web", 1, address)), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(Key(new Placed("web", 1, address)), Key(new Placed("web", 2, address)));
        Assert.NotEqual(Key(new Placed("web", 1, address)), Key(new Placed("app", 1, address)));
        Assert.NotEqual(Key(new Placed("web", 1, address)), Key(new Placed("web", 1, address) { Version = 3 }));
        Assert.NotEqual(Key(new Placed("web", 1, address)), Key(new Placed("web", 1, null)));
    }

    [Fact]
    public void Numbered_members_make_an_array() =>
        Assert.Equal(Wire.Pack(new object?[] { null, null, "n" }), Key(new NumberedKey(1, "n", 5)));

    [Fact]
    public void A_task_in_JSON_has_its_key_in_JSON()
    {
        Assert.Equal(
            """{"userNames":["a","b"],"note":"n"}""",
            Encoding.UTF8.GetString(Key(new JsonKey { UserNames = ["a", "b"], Note = "n", Other = 1 })!));
        Assert.Equal("""{"userNames":[]}""", Encoding.UTF8.GetString(Key(new JsonKey { UserNames = [], Other = 2 })!));
    }

    [Fact]
    public void Without_marked_members_or_for_raw_bytes_there_is_none()
    {
        Assert.Null(Key(new WelcomeEmail(1, "a")));
        Assert.Null(Key(new RawKey([1])));
    }

    [Fact]
    public void A_value_of_a_derived_type_is_refused()
    {
        Assert.NotNull(Key(new Replaced("web", 1, 2)));
        Assert.Contains(
            "cannot be written as its base",
            Assert.Throws<PayloadException>(() => Key<Placed>(new Replaced("web", 1, 2))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Null_where_the_type_has_none_is_refused() => Assert.Throws<PayloadException>(() => Key(default(JsonKey)));

    /// <summary>The bytes of the key; <c>null</c> where the type has none of its own.</summary>
    private static byte[]? Key<T>(T task)
        where T : IAsynqTask<T>
    {
        var output = new ArrayBufferWriter<byte>();
        var hasKey = T.WriteUniqueKey(output, task);
        Assert.Equal(hasKey, output.WrittenCount > 0);
        return hasKey ? output.WrittenSpan.ToArray() : null;
    }
}
